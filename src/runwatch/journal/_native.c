/* The fast half of the journal: writes points into a mapped segment, and checks segments for the reader.

The format is that of docs/formats/journal.md; runwatch/journal/pen.py holds the same logic in Python and the tests
run over both. What makes this file short is a rule: whatever is not the plain case - an unknown name, an odd type, no
room, another thread, a forked child - answers False without a trace, and Python takes over. No call here runs Python
code half-way, so under the GIL each one is atomic: a signal handler or a finalizer never sees half a record. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>
#include <time.h>
#ifdef _MSC_VER
#include <intrin.h>
#endif
#ifndef _WIN32
#include <pthread.h>
#endif

enum { FLOAT = 2, INT = 3, BOOL = 4 };  /* format.py */
enum { HEAD_BYTES = 24, SCALAR_BYTES = 48, WORD_BYTES = 8 };
static const uint64_t SEALED = UINT64_MAX;
static const int64_t NO_STEP = INT64_MIN;

/* Bumped in every forked child, so that no pen of the parent writes there. */
static unsigned int generation = 0;

/* ---- CRC-32, the one of zlib, eight bytes at a time ---- */

static uint32_t table[8][256];

static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        table[0][i] = crc;
    }
    for (int row = 1; row < 8; row++)
        for (int i = 0; i < 256; i++) table[row][i] = (table[row - 1][i] >> 8) ^ table[0][table[row - 1][i] & 255];
}

static uint32_t checksum(uint32_t crc, const unsigned char *data, size_t size)
{
    crc = ~crc;
    for (; size >= 8; data += 8, size -= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        word ^= crc;
        crc = table[7][word & 255] ^ table[6][word >> 8 & 255] ^ table[5][word >> 16 & 255] ^
              table[4][word >> 24 & 255] ^ table[3][word >> 32 & 255] ^ table[2][word >> 40 & 255] ^
              table[1][word >> 48 & 255] ^ table[0][word >> 56];
    }
    for (; size; data++, size--) crc = table[0][(crc ^ *data) & 255] ^ (crc >> 8);
    return ~crc;
}

/* ---- The pen ---- */

typedef struct {
    PyObject_HEAD
    PyObject *keys;        /* dict: name -> key id, as defined in this segment */
    Py_buffer view;        /* the segment; view.obj is NULL while none is attached */
    Py_ssize_t position;   /* where the next commit word goes */
    Py_ssize_t end;        /* records end here at the latest: room for the seal is kept; 0 while detached */
    unsigned long long sequence;
    unsigned long owner;   /* the thread that may use scalar(); 0: none */
    unsigned int salt;
    unsigned int generation;
    char busy;             /* the slow path is at work */
} Pen;

/* The record becomes visible with this one store, after everything stored before it. */
static void publish(Pen *pen, uint64_t word)
{
    char *place = (char *)pen->view.buf + pen->position;
#ifdef _MSC_VER
    _InterlockedExchange64((volatile __int64 *)place, (__int64)word);
#else
    __atomic_store_n((uint64_t *)place, word, __ATOMIC_RELEASE);
#endif
}

static void let_go(Pen *pen)
{
    pen->position = pen->end = 0;
    PyBuffer_Release(&pen->view); /* does nothing while none is attached */
    PyDict_Clear(pen->keys);
}

static PyObject *pen_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"salt", "sequence", NULL};
    unsigned int salt;
    unsigned long long sequence = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "I|K", names, &salt, &sequence)) return NULL;
    Pen *pen = (Pen *)type->tp_alloc(type, 0);
    if (pen == NULL) return NULL;
    pen->salt = salt;
    pen->sequence = sequence;
    pen->generation = generation;
    pen->keys = PyDict_New();
    if (pen->keys == NULL) Py_CLEAR(pen);
    return (PyObject *)pen;
}

static void pen_dealloc(Pen *pen)
{
    PyTypeObject *type = Py_TYPE(pen);
    PyBuffer_Release(&pen->view);
    Py_XDECREF(pen->keys);
    type->tp_free(pen);
    Py_DECREF(type);
}

static PyObject *pen_attach(Pen *pen, PyObject *args)
{
    PyObject *target;
    Py_ssize_t start, size;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "Onn", &target, &start, &size)) return NULL;
    if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE) < 0) return NULL;
    if (start < 0 || start % WORD_BYTES || size < start + WORD_BYTES || size > view.len ||
        (uintptr_t)view.buf % WORD_BYTES) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "a segment is an aligned buffer with room for its seal");
        return NULL;
    }
    let_go(pen);
    pen->view = view;
    pen->position = start;
    pen->end = (size & ~(Py_ssize_t)7) - WORD_BYTES;
    Py_RETURN_NONE;
}

static PyObject *pen_seal(Pen *pen, PyObject *unused)
{
    if (pen->view.obj != NULL && pen->generation == generation) publish(pen, SEALED);
    let_go(pen);
    Py_RETURN_NONE;
}

static PyObject *pen_append(Pen *pen, PyObject *args)
{
    unsigned short kind, flags;
    unsigned int key;
    Py_buffer payload;
    if (!PyArg_ParseTuple(args, "HHIy*", &kind, &flags, &key, &payload)) return NULL;
    uint64_t length = HEAD_BYTES + (uint64_t)payload.len, taken = (length + 7) & ~(uint64_t)7;
    int fits = pen->generation == generation && length < UINT32_MAX - 8 && taken <= (uint64_t)(pen->end - pen->position);
    if (fits) {
        unsigned char *record = (unsigned char *)pen->view.buf + pen->position;
        uint64_t head[2] = {pen->sequence, (uint64_t)kind | (uint64_t)flags << 16 | (uint64_t)key << 32};
        memcpy(record + 8, head, 16);
        memcpy(record + HEAD_BYTES, payload.buf, (size_t)payload.len);
        uint64_t crc = checksum(pen->salt, record + 8, (size_t)length - 8);
        publish(pen, length | crc << 32);
        pen->position += (Py_ssize_t)taken;
        pen->sequence++;
    }
    PyBuffer_Release(&payload);
    return PyBool_FromLong(fits);
}

static int64_t now(void)
{
    struct timespec at;
#ifdef _WIN32
    timespec_get(&at, TIME_UTC);
#else
    clock_gettime(CLOCK_REALTIME, &at);
#endif
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* scalar(name, value, step): True if the point is recorded, False if it is not the plain case. */
static PyObject *pen_scalar(Pen *pen, PyObject *const *args, Py_ssize_t count)
{
    if (count != 3 || pen->end - pen->position < SCALAR_BYTES || pen->busy || pen->generation != generation ||
        pen->owner != PyThread_get_thread_ident() || !PyUnicode_CheckExact(args[0]))
        Py_RETURN_FALSE;
    PyObject *found = PyDict_GetItemWithError(pen->keys, args[0]); /* exact str: runs no Python code */
    if (found == NULL || !PyLong_CheckExact(found)) {
        PyErr_Clear();
        Py_RETURN_FALSE;
    }
    PyObject *value = args[1], *step = args[2];
    int overflow;
    uint64_t kind;
    int64_t bits, at = NO_STEP;
    if (PyFloat_Check(value)) { /* numpy.float64 is a subclass, and its value stands in the same place */
        double number = PyFloat_AS_DOUBLE(value);
        memcpy(&bits, &number, 8);
        kind = FLOAT;
    } else if (PyLong_CheckExact(value)) {
        bits = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (overflow) Py_RETURN_FALSE;
        kind = INT;
    } else if (PyBool_Check(value)) {
        bits = value == Py_True;
        kind = BOOL;
    } else
        Py_RETURN_FALSE;
    if (step != Py_None) {
        if (!PyLong_CheckExact(step)) Py_RETURN_FALSE;
        at = PyLong_AsLongLongAndOverflow(step, &overflow);
        if (overflow || at == NO_STEP) Py_RETURN_FALSE;
    }
    uint64_t key = (uint64_t)PyLong_AsUnsignedLongMask(found) & UINT32_MAX;
    uint64_t body[5] = {pen->sequence, kind | key << 32, (uint64_t)at, (uint64_t)bits, (uint64_t)now()};
    memcpy((char *)pen->view.buf + pen->position + WORD_BYTES, body, sizeof body);
    publish(pen, SCALAR_BYTES | (uint64_t)checksum(pen->salt, (unsigned char *)body, sizeof body) << 32);
    pen->position += SCALAR_BYTES;
    pen->sequence++;
    Py_RETURN_TRUE;
}

static PyMemberDef pen_members[] = {
    {"keys", T_OBJECT, offsetof(Pen, keys), READONLY, "Names defined in this segment, with their ids."},
    {"position", T_PYSSIZET, offsetof(Pen, position), READONLY, "Where the next record goes."},
    {"sequence", T_ULONGLONG, offsetof(Pen, sequence), READONLY, "The number of the next record."},
    {"owner", T_ULONG, offsetof(Pen, owner), 0, "The thread that may use scalar(); 0: none."},
    {"busy", T_BOOL, offsetof(Pen, busy), 0, "The slow path is at work."},
    {NULL},
};

static PyMethodDef pen_methods[] = {
    {"attach", (PyCFunction)pen_attach, METH_VARARGS, "attach(buffer, start, size): go on in this segment."},
    {"seal", (PyCFunction)pen_seal, METH_NOARGS, "seal(): end the segment and let go of it."},
    {"append", (PyCFunction)pen_append, METH_VARARGS, "append(kind, flags, key, payload) -> bool: False without room."},
    {"scalar", (PyCFunction)(void (*)(void))pen_scalar, METH_FASTCALL, "scalar(name, value, step) -> bool."},
    {NULL},
};

static PyType_Slot pen_slots[] = {
    {Py_tp_new, pen_new},         {Py_tp_dealloc, pen_dealloc}, {Py_tp_members, pen_members},
    {Py_tp_methods, pen_methods}, {Py_tp_doc, "Writes records into one mapped segment after another."}, {0, NULL},
};
static PyType_Spec pen_spec = {"runwatch.journal._native.Pen", sizeof(Pen), 0, Py_TPFLAGS_DEFAULT, pen_slots};

/* ---- The reader's half ---- */

/* scan(data, start, salt, sequence, offsets) -> (count, end): the valid records from start on that continue the
sequence, at most as many as offsets (writable, 4 bytes each) can name. */
static PyObject *scan(PyObject *module, PyObject *args)
{
    Py_buffer data, offsets;
    Py_ssize_t start, count = 0;
    unsigned int salt;
    unsigned long long sequence;
    if (!PyArg_ParseTuple(args, "y*nIKw*", &data, &start, &salt, &sequence, &offsets)) return NULL;
    const unsigned char *bytes = data.buf;
    Py_ssize_t most = offsets.len / 4;
    if (start < 0 || data.len > UINT32_MAX) most = 0;
    while (count < most && data.len - start >= HEAD_BYTES) {
        uint64_t word, found;
        memcpy(&word, bytes + start, 8);
        memcpy(&found, bytes + start + 8, 8);
        Py_ssize_t length = (Py_ssize_t)(word & UINT32_MAX);
        if (length < HEAD_BYTES || length > data.len - start || found != sequence ||
            checksum(salt, bytes + start + 8, (size_t)length - 8) != word >> 32)
            break;
        uint32_t offset = (uint32_t)start;
        memcpy((char *)offsets.buf + 4 * count, &offset, 4);
        count++;
        sequence++;
        start += (length + 7) & ~(Py_ssize_t)7;
    }
    PyBuffer_Release(&data);
    PyBuffer_Release(&offsets);
    return Py_BuildValue("nn", count, start);
}

static PyObject *get_generation(PyObject *module, PyObject *unused) { return PyLong_FromUnsignedLong(generation); }

/* Runs inside fork(), before any hook of Python can log something. */
static void forked(void) { generation++; }

static PyMethodDef functions[] = {
    {"scan", scan, METH_VARARGS, "scan(data, start, salt, sequence, offsets) -> (count, end)."},
    {"generation", get_generation, METH_NOARGS, "How many forks lie between the first process and this one."},
    {NULL},
};

static int prepare(PyObject *module)
{
    static int prepared = 0;
    const uint16_t probe = 1;
    if (*(const unsigned char *)&probe != 1) {
        PyErr_SetString(PyExc_ImportError, "the native journal writer is for little-endian machines");
        return -1;
    }
    if (!prepared) {
        fill_table();
#ifndef _WIN32
        pthread_atfork(NULL, NULL, forked);
#endif
        prepared = 1;
    }
    PyObject *type = PyType_FromSpec(&pen_spec);
    if (type == NULL || PyModule_AddObject(module, "Pen", type) < 0) {
        Py_XDECREF(type);
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, prepare},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_USED}, /* each call is atomic only under the GIL */
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", "The fast half of the journal.", 0, functions,
                                        slots};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
