/* The fast half of charts: joins stored buckets into larger ones, finds those of a range of x, and brings them onto the
grid of a chart.

What a function here does is said, and done once more in numpy, by its twin: `bucket.find_damaged`, `pyramid.join`,
`pyramid.align` with it, `pyramid.span_slowly`, `regrid.reach_slowly` and `regrid.regrid_slowly`. The tests compare them. numpy takes some sixty calls for what is
one loop; a zoom into fifty series does it a hundred times while somebody waits. All arrays have items of eight bytes,
of any stride. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { RECORD = 9, BUCKET = 11 };                                        /* words of each */
enum { HEAD, MIN, MAX, LAST, MEAN, FIRST_STEP, LAST_STEP, FIRST_TIME, LAST_TIME }; /* of a record: bucket.py */
static const uint64_t MASK = 0xFFFF, CHECK = 0x5257;
static const int64_t NO_STEP = INT64_MIN;

/* ---- Arrays ---- */

typedef struct {
    Py_buffer view;
    int held;
} Array;

static int hold(Array *array, PyObject *object, int dimensions, int writable)
{
    if (PyObject_GetBuffer(object, &array->view, writable ? PyBUF_STRIDED : PyBUF_STRIDED_RO) < 0) return -1;
    array->held = 1;
    if (array->view.ndim == dimensions && array->view.itemsize == 8) return 0;
    PyErr_Format(PyExc_TypeError, "an array of %d dimensions with items of 8 bytes is needed", dimensions);
    return -1;
}

static void let_go(Array *arrays, int count)
{
    for (int each = 0; each < count; each++)
        if (arrays[each].held) PyBuffer_Release(&arrays[each].view);
}

/* One row of a matrix, or an array of one dimension. */
typedef struct {
    char *start;
    Py_ssize_t stride;
} Row;

static Row row_of(const Array *array, Py_ssize_t number)
{
    const Py_buffer *view = &array->view;
    if (view->ndim == 1) return (Row){view->buf, view->strides[0]};
    return (Row){(char *)view->buf + number * view->strides[0], view->strides[1]};
}

static int64_t whole(Row row, Py_ssize_t at)
{
    int64_t value;
    memcpy(&value, row.start + at * row.stride, 8);
    return value;
}

static double real(Row row, Py_ssize_t at)
{
    double value;
    memcpy(&value, row.start + at * row.stride, 8);
    return value;
}

static void put_whole(Row row, Py_ssize_t at, int64_t value) { memcpy(row.start + at * row.stride, &value, 8); }

static void put_real(Row row, Py_ssize_t at, double value) { memcpy(row.start + at * row.stride, &value, 8); }

static double between(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* A mean of so many numbers, after more of them: no sum, which could be beyond float64. */
static double blend(double mean, double more, int64_t count, int64_t total)
{
    double share = (double)count / (double)total;
    return count == total ? more : mean + (more * share - mean * share);
}

/* ---- Stored buckets ---- */

/* find_damaged(words) -> the place of the first record that does not match its check word, or -1. */
static PyObject *find_damaged(PyObject *module, PyObject *object)
{
    Array words = {.held = 0};
    if (hold(&words, object, 2, 0) < 0 || words.view.shape[0] != RECORD) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "records have nine words");
        let_go(&words, 1);
        return NULL;
    }
    Py_ssize_t records = words.view.shape[1], at = 0;
    for (; at < records; at++) {
        uint64_t total = 0;
        for (int word = 0; word < RECORD; word++) total ^= (uint64_t)whole(row_of(&words, word), at);
        total ^= total >> 32;
        total ^= total >> 16;
        if ((total & MASK) != CHECK) break;
    }
    let_go(&words, 1);
    return PyLong_FromSsize_t(at < records ? at : -1);
}

/* What is made: larger buckets of records. */
typedef struct {
    Array arrays[2]; /* records and buckets */
    Row words[RECORD], out[BUCKET];
    Py_ssize_t records, room;
} Join;

static int begin(Join *join, PyObject *words, PyObject *out)
{
    if (hold(&join->arrays[0], words, 2, 0) < 0 || hold(&join->arrays[1], out, 2, 1) < 0) return -1;
    const Py_buffer *from = &join->arrays[0].view, *to = &join->arrays[1].view;
    if (from->shape[0] != RECORD || to->shape[0] != BUCKET) {
        PyErr_SetString(PyExc_ValueError, "nine words of each record, and eleven of each bucket are needed");
        return -1;
    }
    for (int each = 0; each < RECORD; each++) join->words[each] = row_of(&join->arrays[0], each);
    for (int each = 0; each < BUCKET; each++) join->out[each] = row_of(&join->arrays[1], each);
    join->records = from->shape[1];
    join->room = to->shape[1];
    return 0;
}

static int64_t rows_of(const Join *join, Py_ssize_t at)
{
    return (int64_t)((uint64_t)whole(join->words[HEAD], at) & MASK);
}

/* One larger bucket of the records from start up to and without end. */
static void join_some(const Join *join, Py_ssize_t start, Py_ssize_t end, int64_t first_row, Py_ssize_t place)
{
    const Row *words = join->words, *out = join->out;
    int64_t count = 0, nonfinite = 0;
    double low = NAN, high = NAN, last = NAN, mean = NAN;
    for (Py_ssize_t at = start; at < end; at++) {
        uint64_t head = (uint64_t)whole(words[HEAD], at);
        int64_t held = (int64_t)(head >> 16 & MASK);
        nonfinite += (int64_t)(head >> 32 & MASK);
        if (!held) continue;
        double least = real(words[MIN], at), most = real(words[MAX], at);
        if (!(low <= least)) low = least;
        if (!(high >= most)) high = most;
        last = real(words[LAST], at);
        mean = blend(mean, real(words[MEAN], at), held, count + held);
        count += held;
    }
    if (end - start > 1) mean = between(mean, low, high);
    const int64_t wholes[] = {first_row, count, nonfinite};
    const double reals[] = {low, high, last, mean};
    for (int each = 0; each < 3; each++) put_whole(out[each], place, wholes[each]);
    for (int each = 0; each < 4; each++) put_real(out[3 + each], place, reals[each]);
    put_whole(out[7], place, whole(words[FIRST_STEP], start));
    put_whole(out[8], place, whole(words[LAST_STEP], end - 1));
    put_whole(out[9], place, whole(words[FIRST_TIME], start));
    put_whole(out[10], place, whole(words[LAST_TIME], end - 1));
}

/* join(words, starts, first_row, out): larger buckets, each beginning with one of the records that starts names. */
static PyObject *join(PyObject *module, PyObject *args)
{
    PyObject *words, *chosen, *out, *found = NULL;
    Join join = {0};
    Array starts = {.held = 0};
    long long first_row;
    if (!PyArg_ParseTuple(args, "OOLO", &words, &chosen, &first_row, &out)) return NULL;
    if (begin(&join, words, out) < 0 || hold(&starts, chosen, 1, 0) < 0) goto done;
    Py_ssize_t buckets = starts.view.shape[0];
    for (Py_ssize_t place = 0; place < buckets; place++) {
        int64_t start = whole(row_of(&starts, 0), place);
        int64_t end = place + 1 < buckets ? whole(row_of(&starts, 0), place + 1) : join.records;
        if (start < 0 || end > join.records || start >= end || (place == 0 && start != 0) || join.room < buckets) {
            PyErr_SetString(PyExc_ValueError, "buckets begin with the first record, and each behind the one before");
            goto done;
        }
        join_some(&join, start, end, first_row, place);
        for (int64_t at = start; at < end; at++) first_row += rows_of(&join, at);
    }
    found = Py_NewRef(Py_None);
done:
    let_go(join.arrays, 2);
    let_go(&starts, 1);
    return found;
}

/* align(words, bucket_rows, first_row, out) -> how many: larger buckets, each beginning with the first record behind a
multiple of bucket_rows. */
static PyObject *align(PyObject *module, PyObject *args)
{
    PyObject *words, *out, *found = NULL;
    Join join = {0};
    long long bucket_rows, first_row;
    if (!PyArg_ParseTuple(args, "OLLO", &words, &bucket_rows, &first_row, &out)) return NULL;
    if (begin(&join, words, out) < 0) goto done;
    Py_ssize_t start = 0, place = 0;
    while (start < join.records && place < join.room && bucket_rows > 0 && first_row >= 0) {
        Py_ssize_t end = start + 1;
        long long border = (first_row / bucket_rows + 1) * bucket_rows, row = first_row + rows_of(&join, start);
        while (end < join.records && row < border) row += rows_of(&join, end++);
        join_some(&join, start, end, first_row, place++);
        start = end;
        first_row = row;
    }
    if (start < join.records)
        PyErr_SetString(PyExc_ValueError, "there is no room for all buckets, or the numbers of rows make no sense");
    else
        found = PyLong_FromSsize_t(place);
done:
    let_go(join.arrays, 2);
    return found;
}

/* ---- The x of buckets ---- */

static double lesser(double a, double b) { return a < b ? a : b; }

static double greater(double a, double b) { return a > b ? a : b; }

/* span(words, end, out): from which step to which each bucket reaches, and the one of its last row; a row without a step
stands at its index. end is the row behind the last bucket. out has three rows: lowest, highest, last. */
static PyObject *span(PyObject *module, PyObject *args)
{
    PyObject *words, *output, *found = NULL;
    Array arrays[2];
    long long end;
    memset(arrays, 0, sizeof arrays);
    if (!PyArg_ParseTuple(args, "OLO", &words, &end, &output)) return NULL;
    if (hold(&arrays[0], words, 2, 0) < 0 || hold(&arrays[1], output, 2, 1) < 0) goto done;
    Py_ssize_t buckets = arrays[0].view.shape[1];
    if (arrays[0].view.shape[0] != BUCKET || arrays[1].view.shape[0] != 3 || arrays[1].view.shape[1] != buckets) {
        PyErr_SetString(PyExc_ValueError, "eleven words of each bucket, and three rows as long are needed");
        goto done;
    }
    Row rows = row_of(&arrays[0], 0), firsts = row_of(&arrays[0], 7), lasts = row_of(&arrays[0], 8);
    Row low = row_of(&arrays[1], 0), high = row_of(&arrays[1], 1), close = row_of(&arrays[1], 2);
    for (Py_ssize_t at = 0; at < buckets; at++) {
        int64_t first = whole(firsts, at), last = whole(lasts, at);
        if (first == NO_STEP) first = whole(rows, at);
        if (last == NO_STEP) last = (at + 1 < buckets ? whole(rows, at + 1) : end) - 1;
        double a = (double)first, b = (double)last;
        put_real(low, at, lesser(a, b));
        put_real(high, at, greater(a, b));
        put_real(close, at, b);
    }
    found = Py_NewRef(Py_None);
done:
    let_go(arrays, 2);
    return found;
}

/* reach(low, high, start, end) -> (first, behind, how many): the entries that reach into a range of x, and those beside
them if the line between the two does: the first of them, the place behind the last one, and how many there are. */
static PyObject *reach(PyObject *module, PyObject *args)
{
    PyObject *lows, *highs, *found = NULL;
    Array arrays[2];
    double start, end;
    memset(arrays, 0, sizeof arrays);
    if (!PyArg_ParseTuple(args, "OOdd", &lows, &highs, &start, &end)) return NULL;
    if (hold(&arrays[0], lows, 1, 0) < 0 || hold(&arrays[1], highs, 1, 0) < 0) goto done;
    Py_ssize_t entries = arrays[0].view.shape[0], first = 0, behind = 0, many = 0;
    if (arrays[1].view.shape[0] != entries) {
        PyErr_SetString(PyExc_ValueError, "arrays of one length are needed");
        goto done;
    }
    Row low = row_of(&arrays[0], 0), high = row_of(&arrays[1], 0);
    int before = 0; /* whether the line from the entry before runs through the range */
    for (Py_ssize_t at = 0; at < entries; at++) {
        double a = real(low, at), b = real(high, at);
        int inside = b >= start && a <= end, after = 0;
        if (at + 1 < entries) { /* nothing is known of a line to or from where there is no x */
            double c = real(low, at + 1), d = real(high, at + 1);
            int known = !isnan(a) && !isnan(b) && !isnan(c) && !isnan(d);
            after = known && greater(b, d) >= start && lesser(a, c) <= end;
        }
        if (inside || before || after) {
            if (!many++) first = at;
            behind = at + 1;
        }
        before = after;
    }
    found = Py_BuildValue("(nnn)", first, behind, many);
done:
    let_go(arrays, 2);
    return found;
}

/* ---- Grids ---- */

enum { X_LOW, X_HIGH, X_CLOSE, COUNT, NONFINITE, Y_MIN, Y_MAX, Y_LAST, Y_MEAN, INPUTS };
enum { OUT_LAST, OUT_MIN, OUT_MAX, OUT_MEAN, OUT_COUNT, OUTPUTS };

typedef struct {
    double width, first;
    Py_ssize_t buckets;
} Grid;

static double number(const Grid *grid, double x) { return floor(x / grid->width) - grid->first; }

static Py_ssize_t place_of(const Grid *grid, const Row *in, Py_ssize_t at)
{
    double low = real(in[X_LOW], at), high = real(in[X_HIGH], at);
    double found = number(grid, low == high ? low : low / 2 + high / 2);
    return (Py_ssize_t)between(found, 0.0, (double)(grid->buckets - 1));
}

static void add(const Row *out, Py_ssize_t place, int64_t count, const double *low_high_last_mean)
{
    double low = low_high_last_mean[0], high = low_high_last_mean[1], mean = low_high_last_mean[3];
    int64_t held = whole(out[OUT_COUNT], place);
    if (!held || low < real(out[OUT_MIN], place)) put_real(out[OUT_MIN], place, low);
    if (!held || high > real(out[OUT_MAX], place)) put_real(out[OUT_MAX], place, high);
    put_real(out[OUT_LAST], place, low_high_last_mean[2]);
    put_real(out[OUT_MEAN], place, blend(real(out[OUT_MEAN], place), mean, count, held + count));
    put_whole(out[OUT_COUNT], place, held + count);
}

static int is_inside(const Grid *grid, const Row *in, Py_ssize_t at)
{
    return number(grid, real(in[X_HIGH], at)) >= 0.0 && number(grid, real(in[X_LOW], at)) < (double)grid->buckets;
}

/* What is known of the end of a series: the entry with its last number, which that leaves for a bucket of its own. */
typedef struct {
    Py_ssize_t entry, place; /* -1: nothing leaves */
} End;

static End find_end(const Grid *grid, const Row *in, Py_ssize_t entries, int all)
{
    if (!entries || !(all || is_inside(grid, in, entries - 1))) return (End){-1, -1};
    for (Py_ssize_t at = entries - 1; at >= 0; at--) {
        if (whole(in[COUNT], at) <= 0 || !(all || is_inside(grid, in, at))) continue;
        double found = number(grid, real(in[X_CLOSE], at));
        if (!(found >= 0.0 && found < (double)grid->buckets) || (Py_ssize_t)found == place_of(grid, in, at)) break;
        return (End){at, (Py_ssize_t)found};
    }
    return (End){-1, -1};
}

/* Bring every entry to its bucket; how many values are not drawn. */
static int64_t spread(const Grid *grid, const Row *in, Py_ssize_t entries, int all, End end, const Row *out)
{
    int64_t undrawn = 0;
    for (Py_ssize_t at = 0; at < entries; at++) {
        int64_t count = whole(in[COUNT], at), nonfinite = whole(in[NONFINITE], at);
        if (!all && !is_inside(grid, in, at)) {
            if (!isfinite(real(in[X_LOW], at))) undrawn += count + nonfinite;
            continue;
        }
        undrawn += nonfinite;
        double figures[] = {real(in[Y_MIN], at), real(in[Y_MAX], at), real(in[Y_LAST], at), real(in[Y_MEAN], at)};
        if (at == end.entry && --count > 0) {
            double rest = (double)count;
            figures[3] = between(figures[3] + (figures[3] / rest - figures[2] / rest), figures[0], figures[1]);
        }
        if (count > 0) add(out, place_of(grid, in, at), count, figures);
    }
    if (end.entry >= 0) {
        double value = real(in[Y_LAST], end.entry), figures[] = {value, value, value, value};
        add(out, end.place, 1, figures);
    }
    return undrawn;
}

/* regrid(arrays, width, first, buckets, all, has_end, out) -> how many values are not drawn.

arrays are x: low, high, close; count, nonfinite; y: min, max, last, mean. out has five rows: last, min, max and mean,
NaN at first, and count, 0 at first. */
static PyObject *regrid(PyObject *module, PyObject *args)
{
    PyObject *inputs, *output, *found = NULL;
    Array arrays[INPUTS + 1];
    Grid grid;
    int all, has_end;
    memset(arrays, 0, sizeof arrays);
    if (!PyArg_ParseTuple(args, "O!ddnppO", &PyTuple_Type, &inputs, &grid.width, &grid.first, &grid.buckets, &all,
                          &has_end, &output))
        return NULL;
    if (PyTuple_GET_SIZE(inputs) != INPUTS) {
        PyErr_SetString(PyExc_ValueError, "nine arrays are needed");
        return NULL;
    }
    Row in[INPUTS], out[OUTPUTS];
    for (int each = 0; each < INPUTS; each++) {
        if (hold(&arrays[each], PyTuple_GET_ITEM(inputs, each), 1, 0) < 0) goto done;
        in[each] = row_of(&arrays[each], 0);
    }
    if (hold(&arrays[INPUTS], output, 2, 1) < 0) goto done;
    Py_ssize_t entries = arrays[0].view.shape[0];
    int fits = arrays[INPUTS].view.shape[0] == OUTPUTS && arrays[INPUTS].view.shape[1] == grid.buckets;
    for (int each = 1; each < INPUTS; each++) fits = fits && arrays[each].view.shape[0] == entries;
    if (!fits || grid.buckets < 1 || !(grid.width > 0.0)) {
        PyErr_SetString(PyExc_ValueError, "arrays of one length, and five rows of at least one bucket are needed");
        goto done;
    }
    for (int each = 0; each < OUTPUTS; each++) out[each] = row_of(&arrays[INPUTS], each);
    End end = has_end ? find_end(&grid, in, entries, all) : (End){-1, -1};
    found = PyLong_FromLongLong(spread(&grid, in, entries, all, end, out));
done:
    let_go(arrays, INPUTS + 1);
    return found;
}

/* ---- The module ---- */

static PyMethodDef functions[] = {
    {"find_damaged", find_damaged, METH_O, "find_damaged(words) -> place, or -1."},
    {"join", join, METH_VARARGS, "join(words, starts, first_row, out)."},
    {"align", align, METH_VARARGS, "align(words, bucket_rows, first_row, out) -> how many."},
    {"span", span, METH_VARARGS, "span(words, end, out)."},
    {"reach", reach, METH_VARARGS, "reach(low, high, start, end) -> (first, behind, how many)."},
    {"regrid", regrid, METH_VARARGS, "regrid(arrays, width, first, buckets, all, has_end, out) -> undrawn."},
    {NULL},
};

static int prepare(PyObject *module)
{
    const uint16_t probe = 1;
    if (*(const unsigned char *)&probe == 1) return 0;
    PyErr_SetString(PyExc_ImportError, "the native half of charts is for little-endian machines");
    return -1;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, prepare},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED}, /* no state is kept */
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", "The fast half of charts.", 0, functions,
                                        slots};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
