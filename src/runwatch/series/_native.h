/* What the files of the native half share: arrays with items of eight bytes, of any stride, and who has which function. */

#ifndef RUNWATCH_SERIES_NATIVE_H
#define RUNWATCH_SERIES_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { RECORD = 9, BUCKET = 11 }; /* words of each */

/* _grid.c */
PyObject *series_span(PyObject *module, PyObject *args);
PyObject *series_reach(PyObject *module, PyObject *args);
PyObject *series_regrid(PyObject *module, PyObject *args);

typedef struct {
    Py_buffer view;
    int held;
} Array;

static inline int hold(Array *array, PyObject *object, int dimensions, int writable)
{
    if (PyObject_GetBuffer(object, &array->view, writable ? PyBUF_STRIDED : PyBUF_STRIDED_RO) < 0) return -1;
    array->held = 1;
    if (array->view.ndim == dimensions && array->view.itemsize == 8) return 0;
    PyErr_Format(PyExc_TypeError, "an array of %d dimensions with items of 8 bytes is needed", dimensions);
    return -1;
}

static inline void let_go(Array *arrays, int count)
{
    for (int each = 0; each < count; each++)
        if (arrays[each].held) PyBuffer_Release(&arrays[each].view);
}

/* One row of a matrix, or an array of one dimension. */
typedef struct {
    char *start;
    Py_ssize_t stride;
} Row;

static inline Row row_of(const Array *array, Py_ssize_t number)
{
    const Py_buffer *view = &array->view;
    if (view->ndim == 1) return (Row){view->buf, view->strides[0]};
    return (Row){(char *)view->buf + number * view->strides[0], view->strides[1]};
}

static inline int64_t whole(Row row, Py_ssize_t at)
{
    int64_t value;
    memcpy(&value, row.start + at * row.stride, 8);
    return value;
}

static inline double real(Row row, Py_ssize_t at)
{
    double value;
    memcpy(&value, row.start + at * row.stride, 8);
    return value;
}

static inline void put_whole(Row row, Py_ssize_t at, int64_t value) { memcpy(row.start + at * row.stride, &value, 8); }

static inline void put_real(Row row, Py_ssize_t at, double value) { memcpy(row.start + at * row.stride, &value, 8); }

static inline double between(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* A mean of so many numbers, after more of them: no sum, which could be beyond float64. */
static inline double blend(double mean, double more, int64_t count, int64_t total)
{
    double share = (double)count / (double)total;
    return count == total ? more : mean + (more * share - mean * share);
}

#endif
