/* The fast half of charts: joins stored buckets into larger ones; in _grid.c, finds those of a range of x and brings them
onto the grid of a chart.

What a function here does is said, and done once more in numpy, by its twin: `bucket.find_damaged`, `pyramid.join`,
`pyramid.align` with it, `pyramid.span_slowly`, `regrid.reach_slowly` and `regrid.regrid_slowly`. The tests compare them. numpy takes some sixty calls for what is
one loop; a zoom into fifty series does it a hundred times while somebody waits. All arrays have items of eight bytes,
of any stride. */

#include "_native.h"

enum { HEAD, MIN, MAX, LAST, MEAN, FIRST_STEP, LAST_STEP, FIRST_TIME, LAST_TIME }; /* of a record: bucket.py */
static const uint64_t MASK = 0xFFFF, CHECK = 0x5257;

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

/* ---- The module ---- */

static PyMethodDef functions[] = {
    {"find_damaged", find_damaged, METH_O, "find_damaged(words) -> place, or -1."},
    {"join", join, METH_VARARGS, "join(words, starts, first_row, out)."},
    {"align", align, METH_VARARGS, "align(words, bucket_rows, first_row, out) -> how many."},
    {"span", series_span, METH_VARARGS, "span(words, end, out)."},
    {"reach", series_reach, METH_VARARGS, "reach(low, high, start, end) -> (first, behind, how many)."},
    {"regrid", series_regrid, METH_VARARGS, "regrid(arrays, width, first, buckets, all, has_end, out) -> undrawn."},
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
