/* The part of the native half that knows x: the steps that buckets reach, those that a range reaches, and the grid of a
chart. Its twins: `pyramid.span_slowly`, `regrid.reach_slowly` and `regrid.regrid_slowly`. */

#include "_native.h"

static const int64_t NO_STEP = INT64_MIN;

/* ---- The x of buckets ---- */

static double lesser(double a, double b) { return a < b ? a : b; }

static double greater(double a, double b) { return a > b ? a : b; }

/* span(words, end, out): from which step to which each bucket reaches, and the one of its last row; a row without a step
stands at its index. end is the row behind the last bucket. out has three rows: lowest, highest, last. */
PyObject *series_span(PyObject *module, PyObject *args)
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
PyObject *series_reach(PyObject *module, PyObject *args)
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
PyObject *series_regrid(PyObject *module, PyObject *args)
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
