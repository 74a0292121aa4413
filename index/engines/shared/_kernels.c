/* The inner loops of the embedded engine, compiled: the optional half of kernels.py.

   Every function computes exactly what its reference in kernels.py computes, on the arrays that numpy
   holds. What is not as the writer of an index makes it gives None: the reference then decides. So does
   a machine that has its bytes the other way round: there nothing of this is built. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PLANE 0x10000
/* the placeholder of display.py: a character that the form does not have */
#define DROPPED_CHARACTER ((Py_UCS4)'\n')

/* The identity; entries are changed while one text is made, under the GIL, and put back. */
static Py_UCS4 character_table[FIRST_PLANE];

/* ------------------------------------------------------------------ arguments */
static int
is_count(Py_ssize_t given, Py_ssize_t wanted)
{
    if (given == wanted) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "%zd arguments are needed, not %zd", wanted, given);
    return 0;
}

/* The C-contiguous memory of an array with items of `width` bytes; 0 on errors. */
static int
opened(PyObject *array, Py_buffer *view, Py_ssize_t width, int flags)
{
    if (PyObject_GetBuffer(array, view, flags) < 0) {
        return 0;
    }
    if (view->itemsize == width) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "items have %zd bytes, not %zd", view->itemsize, width);
    PyBuffer_Release(view);
    return 0;
}

#define LENGTH_OF(view) ((view).len / (view).itemsize)

/* ------------------------------------------------------------------ offsets and display texts */
static int64_t
signed_at(const char *data, int width)
{
    int8_t one;
    int16_t two;
    int32_t four;
    int64_t eight;
    switch (width) {
    case 1: memcpy(&one, data, 1); return one;
    case 2: memcpy(&two, data, 2); return two;
    case 4: memcpy(&four, data, 4); return four;
    default: memcpy(&eight, data, 8); return eight;
    }
}

/* offset_columns(data: bytes) -> (form, display, block), tuples of integers; None where the bytes
   are no columns. */
static PyObject *
offset_columns(PyObject *module, PyObject *data)
{
    char *bytes;
    Py_ssize_t length, count, row;
    int widths[3], column;
    const char *at[3];
    PyObject *tuples[3] = {NULL, NULL, NULL}, *all;
    int64_t form = 0, ahead = 0;
    if (PyBytes_AsStringAndSize(data, &bytes, &length) < 0) {
        return NULL;
    }
    if (length < 3) {
        Py_RETURN_NONE;
    }
    for (column = 0; column < 3; column++) {
        widths[column] = (unsigned char)bytes[column];
        if (widths[column] != 1 && widths[column] != 2 && widths[column] != 4
            && widths[column] != 8) {
            Py_RETURN_NONE;
        }
    }
    count = (length - 3) / (widths[0] + widths[1] + widths[2]);
    at[0] = bytes + 3;
    at[1] = at[0] + count * widths[0];
    at[2] = at[1] + count * widths[1];
    for (column = 0; column < 3; column++) {
        tuples[column] = PyTuple_New(count);
        if (tuples[column] == NULL) {
            goto failed;
        }
    }
    for (row = 0; row < count; row++) {
        int64_t values[3];
        form += signed_at(at[0] + row * widths[0], widths[0]);
        ahead += signed_at(at[1] + row * widths[1], widths[1]);
        values[0] = form;
        values[1] = form + ahead;
        values[2] = signed_at(at[2] + row * widths[2], widths[2]);
        for (column = 0; column < 3; column++) {
            PyObject *value = PyLong_FromLongLong(values[column]);
            if (value == NULL) {
                goto failed;
            }
            PyTuple_SET_ITEM(tuples[column], row, value);
        }
    }
    all = PyTuple_New(3);
    if (all == NULL) {
        goto failed;
    }
    for (column = 0; column < 3; column++) {
        PyTuple_SET_ITEM(all, column, tuples[column]);
    }
    return all;
failed:
    for (column = 0; column < 3; column++) {
        Py_XDECREF(tuples[column]);
    }
    return NULL;
}

/* The parts of a packed display text; its layout is told in display.py. */
typedef struct {
    uint32_t length;
    uint32_t entries;
    uint32_t exceptions;
    int width;
    const unsigned char *gaps;
    PyObject *characters;
} Packed;

/* 1: read, 0: no such layout, -1: an error is set. */
static int
packed_of(PyObject *data, Packed *packed)
{
    char *bytes;
    Py_ssize_t length, gaps_end;
    uint16_t entries, width;
    if (PyBytes_AsStringAndSize(data, &bytes, &length) < 0) {
        return -1;
    }
    if (length < 12) {
        return 0;
    }
    memcpy(&packed->length, bytes, 4);
    memcpy(&entries, bytes + 4, 2);
    memcpy(&width, bytes + 6, 2);
    memcpy(&packed->exceptions, bytes + 8, 4);
    packed->entries = entries;
    packed->width = width;
    gaps_end = 12 + (Py_ssize_t)width * packed->exceptions;
    if ((width != 2 && width != 4) || gaps_end > length) {
        return 0;
    }
    packed->gaps = (const unsigned char *)bytes + 12;
    packed->characters = PyUnicode_DecodeUTF8(bytes + gaps_end, length - gaps_end, NULL);
    if (packed->characters == NULL) {
        PyErr_Clear();
        return 0;
    }
    if (PyUnicode_GET_LENGTH(packed->characters)
        != 2 * (Py_ssize_t)packed->entries + (Py_ssize_t)packed->exceptions) {
        Py_DECREF(packed->characters);
        return 0;
    }
    return 1;
}

/* Copies form[start:end] to its place, and dropped characters before it. 0 where it does not fit. */
static int
placed(Py_UCS4 *text, Py_ssize_t size, Py_ssize_t *length, PyObject *form, Py_ssize_t start,
       Py_ssize_t end, Py_ssize_t display, Py_ssize_t block)
{
    Py_ssize_t position, behind;
    int kind = PyUnicode_KIND(form);
    const void *characters = PyUnicode_DATA(form);
    if (start < 0 || end < start || end > PyUnicode_GET_LENGTH(form) || display < *length
        || block < 0) {
        return 0;
    }
    behind = display + (block ? block : end - start);
    if (behind > size) {
        return 0;
    }
    for (position = *length; position < display; position++) {
        text[position] = DROPPED_CHARACTER;
    }
    if (block) {
        for (position = display; position < behind; position++) {
            text[position] = DROPPED_CHARACTER;
        }
    }
    else if (kind == PyUnicode_2BYTE_KIND) {
        const Py_UCS2 *from = (const Py_UCS2 *)characters + start;
        Py_UCS4 *to = text + display;
        for (position = 0; position < end - start; position++) {
            to[position] = from[position];
        }
    }
    else {
        for (position = start; position < end; position++) {
            text[display + position - start] = PyUnicode_READ(kind, characters, position);
        }
    }
    *length = behind;
    return 1;
}

/* The form at the places of its runs. 1: done, 0: not as folding makes it, -1: an error is set. */
static int
skeleton_of(Py_UCS4 *text, Py_ssize_t size, PyObject *form, PyObject *const *columns)
{
    Py_ssize_t run, count = PyTuple_GET_SIZE(columns[0]), length = 0;
    Py_ssize_t form_length = PyUnicode_GET_LENGTH(form);
    for (run = 0; run < count; run++) {
        Py_ssize_t values[3], end = form_length;
        int column;
        for (column = 0; column < 3; column++) {
            values[column] = PyLong_AsSsize_t(PyTuple_GET_ITEM(columns[column], run));
        }
        if (run + 1 < count) {
            end = PyLong_AsSsize_t(PyTuple_GET_ITEM(columns[0], run + 1));
        }
        if (PyErr_Occurred()) {
            return -1;
        }
        if (!placed(text, size, &length, form, values[0], end, values[1], values[2])) {
            return 0;
        }
    }
    for (; length < size; length++) {
        text[length] = DROPPED_CHARACTER;
    }
    return 1;
}

/* Replaces by the table, then puts the exceptions in. 0 where one lies outside the text. */
static int
corrected(Py_UCS4 *text, const Packed *packed)
{
    int kind = PyUnicode_KIND(packed->characters);
    const void *characters = PyUnicode_DATA(packed->characters);
    uint32_t entry, number, position;
    uint64_t place = 0;
    for (entry = 0; entry < packed->entries; entry++) {
        if (PyUnicode_READ(kind, characters, entry) >= FIRST_PLANE) {
            return 0;
        }
    }
    for (entry = 0; entry < packed->entries; entry++) {
        Py_UCS4 left = PyUnicode_READ(kind, characters, entry);
        character_table[left] = PyUnicode_READ(kind, characters, packed->entries + entry);
    }
    if (packed->entries) {
        for (position = 0; position < packed->length; position++) {
            if (text[position] < FIRST_PLANE) {
                text[position] = character_table[text[position]];
            }
        }
    }
    for (entry = 0; entry < packed->entries; entry++) {
        Py_UCS4 left = PyUnicode_READ(kind, characters, entry);
        character_table[left] = left;
    }
    for (number = 0; number < packed->exceptions; number++) {
        uint32_t gap = 0;
        memcpy(&gap, packed->gaps + (size_t)number * packed->width, packed->width);
        place += gap;
        if (place >= packed->length) {
            return 0;
        }
        text[place] = PyUnicode_READ(kind, characters, 2 * packed->entries + number);
    }
    return 1;
}

/* display_text(form: str, form_starts, display, block: tuples, data: bytes) -> str; None where
   they are not as packing makes them. */
static PyObject *
display_text(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Packed packed;
    Py_UCS4 *text;
    PyObject *out = NULL;
    Py_ssize_t count;
    int state;
    if (!is_count(given, 5)) {
        return NULL;
    }
    if (!PyUnicode_Check(args[0]) || !PyTuple_Check(args[1]) || !PyTuple_Check(args[2])
        || !PyTuple_Check(args[3])) {
        Py_RETURN_NONE;
    }
    count = PyTuple_GET_SIZE(args[1]);
    if (PyTuple_GET_SIZE(args[2]) != count || PyTuple_GET_SIZE(args[3]) != count) {
        Py_RETURN_NONE;
    }
    state = packed_of(args[4], &packed);
    if (state < 0) {
        return NULL;
    }
    if (!state) {
        Py_RETURN_NONE;
    }
    text = PyMem_Malloc(((size_t)packed.length + 1) * sizeof(Py_UCS4));
    if (text == NULL) {
        Py_DECREF(packed.characters);
        return PyErr_NoMemory();
    }
    state = skeleton_of(text, packed.length, args[0], args + 1);
    if (state > 0 && corrected(text, &packed)) {
        out = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, packed.length);
    }
    else if (state >= 0) {
        out = Py_NewRef(Py_None);
    }
    PyMem_Free(text);
    Py_DECREF(packed.characters);
    return out;
}

/* ------------------------------------------------------------------ facets */
#define COUNT_LOOP(TYPE)                                                                          \
    do {                                                                                          \
        const TYPE *values = column.buf;                                                          \
        if (numbers == NULL) {                                                                    \
            for (index = 0; index < rows; index++) {                                              \
                if (values[index] < size) {                                                       \
                    counts[values[index]] += sign;                                                \
                }                                                                                 \
            }                                                                                     \
        }                                                                                         \
        else {                                                                                    \
            for (index = 0; index < chosen; index++) {                                            \
                int64_t document = numbers[index];                                                \
                if (document >= 0 && document < rows && values[document] < size) {                \
                    counts[values[document]] += sign;                                             \
                }                                                                                 \
            }                                                                                     \
        }                                                                                         \
    } while (0)

/* add_counts(total: i64[], column: u16[] or u32[], documents: i64[] or None, sign: int) -> None. */
static PyObject *
add_counts(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer total, column, documents;
    int64_t *counts;
    const int64_t *numbers = NULL;
    Py_ssize_t index, size, rows, chosen = 0;
    long sign;
    if (!is_count(given, 4)) {
        return NULL;
    }
    sign = PyLong_AsLong(args[3]);
    if (sign == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (!opened(args[0], &total, 8, PyBUF_WRITABLE)) {
        return NULL;
    }
    if (PyObject_GetBuffer(args[1], &column, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&total);
        return NULL;
    }
    if (args[2] != Py_None) {
        if (!opened(args[2], &documents, 8, PyBUF_SIMPLE)) {
            PyBuffer_Release(&total);
            PyBuffer_Release(&column);
            return NULL;
        }
        numbers = documents.buf;
        chosen = LENGTH_OF(documents);
    }
    counts = total.buf;
    size = LENGTH_OF(total);
    rows = LENGTH_OF(column);
    if (column.itemsize == 2) {
        COUNT_LOOP(uint16_t);
    }
    else if (column.itemsize == 4) {
        COUNT_LOOP(uint32_t);
    }
    else {
        PyErr_SetString(PyExc_TypeError, "a column has items of two or four bytes");
    }
    if (numbers != NULL) {
        PyBuffer_Release(&documents);
    }
    PyBuffer_Release(&total);
    PyBuffer_Release(&column);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ------------------------------------------------------------------ sums by document */
/* Documents as u16[] or i64[], and what is added at each. */
typedef struct {
    Py_buffer total, documents, values;
    Py_ssize_t length, size;
    int has_values;
} Addition;

/* Opens total, documents and values (of eight bytes, or None). 0 on errors. */
static int
opened_addition(PyObject *const *args, Addition *sum)
{
    if (!opened(args[0], &sum->total, 8, PyBUF_WRITABLE)) {
        return 0;
    }
    if (PyObject_GetBuffer(args[1], &sum->documents, PyBUF_SIMPLE) < 0) {
        goto without_documents;
    }
    sum->has_values = args[2] != Py_None;
    if (sum->has_values && !opened(args[2], &sum->values, 8, PyBUF_SIMPLE)) {
        goto without_values;
    }
    sum->size = LENGTH_OF(sum->total);
    sum->length = LENGTH_OF(sum->documents);
    if (sum->documents.itemsize != 2 && sum->documents.itemsize != 8) {
        PyErr_SetString(PyExc_TypeError, "documents have two or eight bytes");
    }
    else if (sum->has_values && LENGTH_OF(sum->values) != sum->length) {
        PyErr_SetString(PyExc_ValueError, "each document needs a value");
    }
    else {
        return 1;
    }
    if (sum->has_values) {
        PyBuffer_Release(&sum->values);
    }
without_values:
    PyBuffer_Release(&sum->documents);
without_documents:
    PyBuffer_Release(&sum->total);
    return 0;
}

/* None, or an error where `added`, the documents gone through, are not all. */
static PyObject *
closed_addition(Addition *sum, Py_ssize_t added)
{
    Py_ssize_t length = sum->length;
    if (sum->has_values) {
        PyBuffer_Release(&sum->values);
    }
    PyBuffer_Release(&sum->documents);
    PyBuffer_Release(&sum->total);
    if (added < length) {
        PyErr_SetString(PyExc_IndexError, "a document lies behind the last");
        return NULL;
    }
    Py_RETURN_NONE;
}

#define ADD_LOOP(TYPE, ADDED)                                                                     \
    do {                                                                                          \
        const TYPE *documents = sum.documents.buf;                                                \
        for (index = 0; index < sum.length; index++) {                                            \
            if ((uint64_t)documents[index] >= (uint64_t)sum.size) {                               \
                break;                                                                            \
            }                                                                                     \
            total[documents[index]] += (ADDED);                                                   \
        }                                                                                         \
    } while (0)

/* add_weighted(total: f64[], documents: u16[] or i64[], values: f64[] or None, weight: float) ->
   None. Where there are no values, each is 1. */
static PyObject *
add_weighted(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Addition sum;
    const double *values;
    double *total, weight;
    Py_ssize_t index;
    if (!is_count(given, 4)) {
        return NULL;
    }
    weight = PyFloat_AsDouble(args[3]);
    if ((weight == -1.0 && PyErr_Occurred()) || !opened_addition(args, &sum)) {
        return NULL;
    }
    total = sum.total.buf;
    values = sum.has_values ? sum.values.buf : NULL;
    if (sum.documents.itemsize == 2) {
        ADD_LOOP(uint16_t, values ? weight * values[index] : weight);
    }
    else {
        ADD_LOOP(int64_t, values ? weight * values[index] : weight);
    }
    return closed_addition(&sum, index);
}

/* add_numbers(total: i64[], documents: u16[] or i64[], values: i64[]) -> None. */
static PyObject *
add_numbers(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Addition sum;
    const int64_t *values;
    int64_t *total;
    Py_ssize_t index;
    if (!is_count(given, 3)) {
        return NULL;
    }
    if (args[2] == Py_None) {
        PyErr_SetString(PyExc_TypeError, "numbers are needed");
        return NULL;
    }
    if (!opened_addition(args, &sum)) {
        return NULL;
    }
    total = sum.total.buf;
    values = sum.values.buf;
    if (sum.documents.itemsize == 2) {
        ADD_LOOP(uint16_t, values[index]);
    }
    else {
        ADD_LOOP(int64_t, values[index]);
    }
    return closed_addition(&sum, index);
}

/* ------------------------------------------------------------------ the best of many */
/* greatest(counts: i64[], size: int) -> (numbers, their counts, how many are above zero): the
   greatest above zero first, equal ones in their order. */
static PyObject *
greatest(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer view;
    Py_ssize_t size, length, index, filled = 0, positive = 0;
    const int64_t *counts;
    Py_ssize_t *best;
    PyObject *numbers, *values, *out = NULL;
    if (!is_count(given, 2)) {
        return NULL;
    }
    size = PyLong_AsSsize_t(args[1]);
    if (size == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (!opened(args[0], &view, 8, PyBUF_SIMPLE)) {
        return NULL;
    }
    counts = view.buf;
    length = LENGTH_OF(view);
    size = size < 0 ? 0 : size > length ? length : size;
    best = PyMem_Malloc(((size_t)size + 1) * sizeof(Py_ssize_t));
    if (best == NULL) {
        PyBuffer_Release(&view);
        return PyErr_NoMemory();
    }
    for (index = 0; index < length; index++) {
        int64_t count = counts[index];
        Py_ssize_t place;
        if (count <= 0) {
            continue;
        }
        positive++;
        if (filled == size && (!size || count <= counts[best[size - 1]])) {
            continue;
        }
        place = filled < size ? filled++ : size - 1;
        while (place > 0 && counts[best[place - 1]] < count) {
            best[place] = best[place - 1];
            place--;
        }
        best[place] = index;
    }
    numbers = PyList_New(filled);
    values = PyList_New(filled);
    for (index = 0; numbers != NULL && values != NULL && index < filled; index++) {
        PyObject *number = PyLong_FromSsize_t(best[index]);
        PyObject *value = PyLong_FromLongLong(counts[best[index]]);
        if (number == NULL || value == NULL) {
            Py_XDECREF(number);
            Py_XDECREF(value);
            Py_CLEAR(numbers);
            break;
        }
        PyList_SET_ITEM(numbers, index, number);
        PyList_SET_ITEM(values, index, value);
    }
    if (numbers != NULL && values != NULL) {
        out = Py_BuildValue("(OOn)", numbers, values, positive);
    }
    Py_XDECREF(numbers);
    Py_XDECREF(values);
    PyMem_Free(best);
    PyBuffer_Release(&view);
    return out;
}

/* ------------------------------------------------------------------ the best of a page */
typedef struct {
    double key;
    uint64_t id_hash;
    Py_ssize_t number;
} Contender;

/* best(keys: f64[], id_hashes: u64[], documents: i64[], size: int) -> list of numbers: by key, the
   greatest first, then by the hash of the document, the smallest first. */
static PyObject *
best(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer keys, id_hashes, documents;
    Py_ssize_t size, length, known, index, filled = 0;
    Contender *page = NULL;
    PyObject *out = NULL;
    const double *key_at;
    const uint64_t *hash_at;
    const int64_t *document_at;
    if (!is_count(given, 4)) {
        return NULL;
    }
    size = PyLong_AsSsize_t(args[3]);
    if (size == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (!opened(args[0], &keys, 8, PyBUF_SIMPLE)) {
        return NULL;
    }
    if (!opened(args[1], &id_hashes, 8, PyBUF_SIMPLE)) {
        goto without_hashes;
    }
    if (!opened(args[2], &documents, 8, PyBUF_SIMPLE)) {
        goto without_documents;
    }
    length = LENGTH_OF(keys);
    known = LENGTH_OF(id_hashes);
    if (LENGTH_OF(documents) != length) {
        PyErr_SetString(PyExc_ValueError, "each key needs a document");
        goto finished;
    }
    size = size < 0 ? 0 : size > length ? length : size;
    page = PyMem_Malloc(((size_t)size + 1) * sizeof(Contender));
    if (page == NULL) {
        PyErr_NoMemory();
        goto finished;
    }
    key_at = keys.buf;
    hash_at = id_hashes.buf;
    document_at = documents.buf;
    for (index = 0; size && index < length; index++) {
        Contender next;
        Py_ssize_t place;
        next.key = key_at[index];
        if (filled == size && next.key < page[size - 1].key) {
            continue;
        }
        if (document_at[index] < 0 || document_at[index] >= known) {
            PyErr_SetString(PyExc_IndexError, "a document has no hash");
            goto finished;
        }
        next.id_hash = hash_at[document_at[index]];
        next.number = index;
        if (filled == size && next.key == page[size - 1].key
            && next.id_hash >= page[size - 1].id_hash) {
            continue;
        }
        place = filled < size ? filled++ : size - 1;
        while (place > 0
               && (page[place - 1].key < next.key
                   || (page[place - 1].key == next.key
                       && page[place - 1].id_hash > next.id_hash))) {
            page[place] = page[place - 1];
            place--;
        }
        page[place] = next;
    }
    out = PyList_New(filled);
    for (index = 0; out != NULL && index < filled; index++) {
        PyObject *number = PyLong_FromSsize_t(page[index].number);
        if (number == NULL) {
            Py_CLEAR(out);
            break;
        }
        PyList_SET_ITEM(out, index, number);
    }
finished:
    PyMem_Free(page);
    PyBuffer_Release(&documents);
without_documents:
    PyBuffer_Release(&id_hashes);
without_hashes:
    PyBuffer_Release(&keys);
    return out;
}

/* ------------------------------------------------------------------ rows of postings */
/* four bits that say that the number stands in the list (storage/rows.py) */
#define WIDE 15

/* How many rows are read at once: what is done with them then need not wait for one number to know
   the next. */
#define ROWS_AT_ONCE 256

/* The rows of a key from `row` on, with what is left of its wide numbers; `document` is that of the
   row that was read last, -1 before the first. */
typedef struct {
    const uint8_t *row, *row_end;
    const uint16_t *skip, *skip_end;
    const uint32_t *extra, *extra_end;
    int64_t document;
} Rows;

/* The rows of these parts: rows (u8), wide skips (u16) and wide extras (u32), in this order. */
static void
begin_rows(Rows *rows, const Py_buffer *parts)
{
    rows->row = parts[0].buf;
    rows->row_end = rows->row + LENGTH_OF(parts[0]);
    rows->skip = parts[1].buf;
    rows->skip_end = rows->skip + LENGTH_OF(parts[1]);
    rows->extra = parts[2].buf;
    rows->extra_end = rows->extra + LENGTH_OF(parts[2]);
    rows->document = -1;
}

/* Reads the next rows, at most `most`. Their number, or -1 where a wide number is missing. */
static Py_ssize_t
read_rows(Rows *rows, Py_ssize_t most, int64_t *documents, int64_t *counts)
{
    const uint8_t *row = rows->row;
    const uint16_t *skip = rows->skip;
    const uint32_t *extra = rows->extra;
    int64_t document = rows->document;
    Py_ssize_t read, length = rows->row_end - row;
    if (length > most) {
        length = most;
    }
    for (read = 0; read < length; read++) {
        int64_t skipped = row[read] >> 4, further = row[read] & WIDE;
        if (skipped == WIDE) {
            if (skip == rows->skip_end) {
                return -1;
            }
            skipped = *skip++;
        }
        if (further == WIDE) {
            if (extra == rows->extra_end) {
                return -1;
            }
            further = *extra++;
        }
        document += skipped + 1;
        documents[read] = document;
        counts[read] = further + 1;
    }
    rows->row += length;
    rows->skip = skip;
    rows->extra = extra;
    rows->document = document;
    return length;
}

/* behind the last row of a key */
#define NO_DOCUMENT INT64_MAX

/* The rows of a key one after the other: those that were read at once, and the one that is next. */
typedef struct {
    Rows rows;
    int64_t documents[ROWS_AT_ONCE];
    int64_t counts[ROWS_AT_ONCE];
    Py_ssize_t read, next;
    int64_t document;
} Cursor;

/* Goes to the next row, with `read` and `next` 0 to the first. 0 where a wide number is missing. */
static inline int
next_row(Cursor *cursor)
{
    if (++cursor->next >= cursor->read) {
        cursor->next = 0;
        cursor->read = read_rows(&cursor->rows, ROWS_AT_ONCE, cursor->documents, cursor->counts);
        if (cursor->read <= 0) {
            cursor->document = NO_DOCUMENT;
            return cursor->read == 0;
        }
    }
    cursor->document = cursor->documents[cursor->next];
    return 1;
}

/* How often the key stands in the document of the row. */
static inline int64_t
count_of(const Cursor *cursor)
{
    return cursor->counts[cursor->next];
}

/* The rows of neighbouring keys, written out. 0 where the arrays do not belong together. */
static int
unpacked_rows(Rows *rows, const int64_t *starts, Py_ssize_t keys, uint16_t *documents,
              int64_t *counts)
{
    const uint8_t *first = rows->row, *end = rows->row_end;
    int64_t wide[ROWS_AT_ONCE];
    Py_ssize_t key, row = 0;
    for (key = 0; key < keys; key++) {
        if (starts[key] != row || starts[key + 1] < row || starts[key + 1] > end - first) {
            return 0;
        }
        rows->row_end = first + starts[key + 1];
        rows->document = -1;
        while (rows->row < rows->row_end) {
            Py_ssize_t index, read = read_rows(rows, ROWS_AT_ONCE, wide, counts + row);
            if (read < 0 || rows->document > UINT16_MAX) {
                return 0;
            }
            for (index = 0; index < read; index++) {
                documents[row + index] = (uint16_t)wide[index];
            }
            row += read;
        }
    }
    return rows->row == end && rows->skip == rows->skip_end && rows->extra == rows->extra_end;
}

/* unpack_rows(rows: u8[], wide_skips: u16[], wide_extras: u32[], starts: i64[]) -> (documents,
   counts), the bytes of u16[] and i64[]; None where the reference has to decide. */
static PyObject *
unpack_rows(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    static const int widths[4] = {1, 2, 4, 8};
    Py_buffer views[4];
    Rows rows;
    Py_ssize_t length;
    PyObject *documents = NULL, *counts = NULL, *out = NULL;
    int part, open = 0;
    if (!is_count(given, 4)) {
        return NULL;
    }
    for (part = 0; part < 4; part++) {
        if (!opened(args[part], &views[part], widths[part], PyBUF_SIMPLE)) {
            goto finished;
        }
        open++;
    }
    begin_rows(&rows, views);
    length = LENGTH_OF(views[0]);
    documents = PyBytes_FromStringAndSize(NULL, length * 2);
    counts = PyBytes_FromStringAndSize(NULL, length * 8);
    if (documents == NULL || counts == NULL) {
        goto finished;
    }
    if (unpacked_rows(&rows, views[3].buf, LENGTH_OF(views[3]) - 1,
                      (uint16_t *)PyBytes_AS_STRING(documents),
                      (int64_t *)PyBytes_AS_STRING(counts))) {
        out = PyTuple_Pack(2, documents, counts);
    }
    else {
        out = Py_NewRef(Py_None);
    }
finished:
    Py_XDECREF(documents);
    Py_XDECREF(counts);
    for (part = 0; part < open; part++) {
        PyBuffer_Release(&views[part]);
    }
    return out;
}

/* ------------------------------------------------------------------ the weight of a word */
#define MAX_FIELDS 8
#define FIELD_PARTS 4

/* The postings of a word in one field. */
typedef struct {
    Cursor cursor;
    const double *weights;
    Py_ssize_t known;
} FieldRows;

/* Goes to the next row of a field. 0 where the reference has to decide. */
static inline int
advanced(FieldRows *field)
{
    Cursor *cursor = &field->cursor;
    return next_row(cursor)
           && (cursor->document == NO_DOCUMENT || cursor->document < field->known);
}

/* Writes each document of any field once, with its saturated frequency. Their number, or -1 where the
   reference has to decide. The additions are those of numpy, in the order of the fields. */
static Py_ssize_t
merged_fields(FieldRows *fields, int count, double k, uint16_t *documents, double *values)
{
    Py_ssize_t found = 0;
    int field;
    for (field = 0; field < count; field++) {
        if (!advanced(&fields[field])) {
            return -1;
        }
    }
    for (;;) {
        int64_t document = NO_DOCUMENT;
        double frequency = 0.0;
        for (field = 0; field < count; field++) {
            if (fields[field].cursor.document < document) {
                document = fields[field].cursor.document;
            }
        }
        if (document == NO_DOCUMENT) {
            return found;
        }
        for (field = 0; field < count; field++) {
            FieldRows *own = &fields[field];
            if (own->cursor.document == document) {
                frequency += (double)count_of(&own->cursor) * own->weights[document];
                if (!advanced(own)) {
                    return -1;
                }
            }
        }
        documents[found] = (uint16_t)document;
        values[found] = frequency * (k + 1) / (frequency + k);
        found++;
    }
}

/* word_impact(k: float, (rows: u8[], wide_skips: u16[], wide_extras: u32[], weights: f64[]), ...) ->
   (documents, values), the bytes of u16[] and f64[]; None where the reference has to decide.

   Four arrays for each ranked field that has the word; `weights` has one for each document of the
   segment, of which there are at most 65,536. */
static PyObject *
word_impact(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    static const int widths[FIELD_PARTS] = {1, 2, 4, 8};
    Py_buffer views[FIELD_PARTS * MAX_FIELDS];
    FieldRows fields[MAX_FIELDS];
    PyObject *documents = NULL, *values = NULL, *out = NULL;
    Py_ssize_t rows = 0, found;
    int field, part, open = 0, count = (int)given - 1;
    double k;
    if (given < 1 || count > MAX_FIELDS) {
        PyErr_SetString(PyExc_TypeError, "k and at most eight fields are needed");
        return NULL;
    }
    k = PyFloat_AsDouble(args[0]);
    if (k == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    for (field = 0; field < count; field++) {
        PyObject *parts = args[field + 1];
        Py_buffer *own = &views[open];
        Cursor *cursor = &fields[field].cursor;
        if (!PyTuple_Check(parts) || PyTuple_GET_SIZE(parts) != FIELD_PARTS) {
            PyErr_SetString(PyExc_TypeError, "a field is rows, wide skips, wide extras and weights");
            goto finished;
        }
        for (part = 0; part < FIELD_PARTS; part++) {
            PyObject *array = PyTuple_GET_ITEM(parts, part);
            if (!opened(array, &views[open], widths[part], PyBUF_SIMPLE)) {
                goto finished;
            }
            open++;
        }
        begin_rows(&cursor->rows, own);
        cursor->read = cursor->next = 0;
        fields[field].weights = own[3].buf;
        fields[field].known = LENGTH_OF(own[3]);
        if (fields[field].known > UINT16_MAX + 1) {
            PyErr_SetString(PyExc_ValueError, "a segment has at most 65,536 documents");
            goto finished;
        }
        rows += LENGTH_OF(own[0]);
    }
    documents = PyBytes_FromStringAndSize(NULL, rows * 2);
    values = PyBytes_FromStringAndSize(NULL, rows * 8);
    if (documents == NULL || values == NULL) {
        goto finished;
    }
    found = merged_fields(fields, count, k, (uint16_t *)PyBytes_AS_STRING(documents),
                          (double *)PyBytes_AS_STRING(values));
    if (found < 0) {
        out = Py_NewRef(Py_None);
    }
    else if (found == rows
             || (_PyBytes_Resize(&documents, found * 2) == 0
                 && _PyBytes_Resize(&values, found * 8) == 0)) {
        out = PyTuple_Pack(2, documents, values);
    }
finished:
    Py_XDECREF(documents);
    Py_XDECREF(values);
    for (part = 0; part < open; part++) {
        PyBuffer_Release(&views[part]);
    }
    return out;
}

/* ------------------------------------------------------------------ numbers in bits */
/* Numbers of `width` bits one behind the other, the lowest bits first: eight of them take `width`
   bytes. Three bytes follow the last group. */
#define GROUP 8
#define BEHIND 3
#define LARGEST_WIDTH 16

typedef struct {
    const uint8_t *bytes;
    unsigned int width;
} Bits;

static inline uint32_t
number_at(const Bits *bits, Py_ssize_t number)
{
    size_t bit = (size_t)number * bits->width;
    uint32_t four;
    /* a number begins in the first of these bytes and ends in the third at the latest */
    memcpy(&four, bits->bytes + (bit >> 3), sizeof(four));
    return four >> (bit & 7) & ((1u << bits->width) - 1);
}

/* How many numbers of `width` bits the bytes of whole groups hold. */
static Py_ssize_t
numbers_in(Py_ssize_t bytes, unsigned int width)
{
    return bytes < BEHIND ? 0 : (bytes - BEHIND) / width * GROUP;
}

/* A width of numbers. 0: it is none, and an error is set. */
static unsigned int
width_of(PyObject *given)
{
    long width = PyLong_AsLong(given);
    if (width < 1 || width > LARGEST_WIDTH) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "a number has 1 to 16 bits");
        }
        return 0;
    }
    return (unsigned int)width;
}

/* pack_bits(numbers: u16[], width: int) -> the bytes of whole groups, without the three behind them.

   Bits above `width` are lost. */
static PyObject *
pack_bits(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer numbers;
    PyObject *out;
    Py_ssize_t length, bytes, number;
    unsigned int width;
    if (!is_count(given, 2) || !(width = width_of(args[1]))
        || !opened(args[0], &numbers, 2, PyBUF_SIMPLE)) {
        return NULL;
    }
    length = LENGTH_OF(numbers);
    bytes = (length + GROUP - 1) / GROUP * width;
    out = PyBytes_FromStringAndSize(NULL, bytes);
    if (out != NULL) {
        const uint16_t *next = numbers.buf;
        uint8_t *byte = (uint8_t *)PyBytes_AS_STRING(out), *end = byte + bytes;
        uint32_t mask = (1u << width) - 1, pending = 0;
        unsigned int held = 0;
        for (number = 0; number < length; number++) {
            pending |= (next[number] & mask) << held;
            for (held += width; held >= 8; held -= 8, pending >>= 8) {
                *byte++ = (uint8_t)pending;
            }
        }
        for (; byte < end; pending >>= 8) {
            *byte++ = (uint8_t)pending;
        }
    }
    PyBuffer_Release(&numbers);
    return out;
}

/* unpack_bits(data: u8[], width: int, first: int, count: int) -> the bytes of u16[]: the numbers
   first..first + count of the data. */
static PyObject *
unpack_bits(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    Py_buffer data;
    Bits bits;
    Py_ssize_t first, count, number;
    PyObject *out = NULL;
    if (!is_count(given, 4) || !(bits.width = width_of(args[1]))) {
        return NULL;
    }
    first = PyLong_AsSsize_t(args[2]);
    count = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred() || !opened(args[0], &data, 1, PyBUF_SIMPLE)) {
        return NULL;
    }
    if (first < 0 || count < 0 || first > numbers_in(data.len, bits.width)
        || count > numbers_in(data.len, bits.width) - first) {
        PyErr_SetString(PyExc_IndexError, "numbers outside the data");
    }
    else if ((out = PyBytes_FromStringAndSize(NULL, count * 2)) != NULL) {
        uint16_t *to = (uint16_t *)PyBytes_AS_STRING(out);
        bits.bytes = data.buf;
        for (number = 0; number < count; number++) {
            to[number] = (uint16_t)number_at(&bits, first + number);
        }
    }
    PyBuffer_Release(&data);
    return out;
}

/* ------------------------------------------------------------------ strings in texts */
/* The number of a key, or -1. */
static Py_ssize_t
key_number(const uint32_t *keys, Py_ssize_t length, uint32_t key)
{
    Py_ssize_t low = 0, high = length;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (keys[middle] < key) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < length && keys[low] == key ? low : -1;
}

enum {
    KEYS,
    STARTS,
    SKIP_STARTS,
    EXTRA_STARTS,
    POSITION_STARTS,
    PACKED,
    SKIPS,
    EXTRAS,
    POSITIONS,
    UNITS,
    TEXT_STARTS,
    PIECE_TEXTS,
    WANTED,
    ARRAYS
};

/* The rows of a pair, and where it stands in the string. */
typedef struct {
    Py_ssize_t ahead;
    Py_ssize_t number;
    Py_ssize_t rows;
    Py_ssize_t position;
    Py_ssize_t positions;
} Pair;

/* The pair of a string that begins with its unit `ahead`. 0: it stands nowhere. */
static int
pair_at(const Py_buffer *arrays, Py_ssize_t ahead, Pair *pair)
{
    const uint16_t *wanted = arrays[WANTED].buf;
    const uint32_t *starts = arrays[STARTS].buf, *position_starts = arrays[POSITION_STARTS].buf;
    uint32_t key = (uint32_t)wanted[ahead] << 16 | wanted[ahead + 1];
    Py_ssize_t number = key_number(arrays[KEYS].buf, LENGTH_OF(arrays[KEYS]), key);
    if (number < 0) {
        return 0;
    }
    pair->ahead = ahead;
    pair->number = number;
    pair->rows = (Py_ssize_t)starts[number + 1] - starts[number];
    pair->position = position_starts[number];
    pair->positions = (Py_ssize_t)position_starts[number + 1] - position_starts[number];
    return 1;
}

/* What a row, and a place in a text that lies anywhere in memory, cost, measured in positions that
   are read one after the other. */
#define COST_OF_A_ROW 2
#define COST_OF_A_PLACE 80
/* Lists of positions that are read side by side. */
#define MAX_LISTS 8

/* The pair of the string with the fewest of all `positions`. 1: found, 0: a pair stands nowhere, -1: the
   arrays do not belong together. */
static int
rarest_pair(const Py_buffer *arrays, Py_ssize_t positions, Pair *rarest)
{
    Py_ssize_t length = LENGTH_OF(arrays[KEYS]), pairs = LENGTH_OF(arrays[WANTED]) - 1, ahead;
    int part;
    for (part = STARTS; part <= POSITION_STARTS; part++) {
        if (LENGTH_OF(arrays[part]) != length + 1) {
            return -1;
        }
    }
    rarest->ahead = -1;
    for (ahead = 0; ahead < pairs; ahead++) {
        Pair pair;
        if (!pair_at(arrays, ahead, &pair)) {
            return 0;
        }
        if (rarest->ahead < 0 || pair.positions < rarest->positions) {
            *rarest = pair;
        }
    }
    if (rarest->ahead < 0 || rarest->positions < 0
        || rarest->position + rarest->positions > positions) {
        return -1;
    }
    return 1;
}

/* Whether the entries of a key lie inside their part. */
static int
entries_of(const Py_buffer *arrays, int starts, int part, Py_ssize_t number, Py_ssize_t *first,
           Py_ssize_t *last)
{
    const uint32_t *bounds = arrays[starts].buf;
    *first = bounds[number];
    *last = bounds[number + 1];
    return *first <= *last && *last <= LENGTH_OF(arrays[part]);
}

/* The rows of a pair. 0 where the arrays do not belong together. */
static int
rows_of_pair(const Py_buffer *arrays, Py_ssize_t number, Rows *rows)
{
    Py_ssize_t first, last;
    if (!entries_of(arrays, STARTS, PACKED, number, &first, &last)) {
        return 0;
    }
    rows->row = (const uint8_t *)arrays[PACKED].buf + first;
    rows->row_end = (const uint8_t *)arrays[PACKED].buf + last;
    if (!entries_of(arrays, SKIP_STARTS, SKIPS, number, &first, &last)) {
        return 0;
    }
    rows->skip = (const uint16_t *)arrays[SKIPS].buf + first;
    rows->skip_end = (const uint16_t *)arrays[SKIPS].buf + last;
    if (!entries_of(arrays, EXTRA_STARTS, EXTRAS, number, &first, &last)) {
        return 0;
    }
    rows->extra = (const uint32_t *)arrays[EXTRAS].buf + first;
    rows->extra_end = (const uint32_t *)arrays[EXTRAS].buf + last;
    rows->document = -1;
    return 1;
}

/* One pair of a string, its rows and the positions of the next row. */
typedef struct {
    Pair pair;
    Cursor cursor;
    Bits positions;
    Py_ssize_t position, positions_end;
} PairList;

/* Chooses pairs that have all units of the string between them: the rarest, which says where to look
   for the others, and of these the ones with the fewest positions together. How many: 1 where looking
   into the texts at the places of the rarest pair costs less.

   `least[n]` are the fewest positions of pairs that have the first n units, the last of them ending
   there: that pair stands behind one that ends where it begins, or one unit later. */
static int
chosen_pairs(const Py_buffer *arrays, Py_ssize_t positions, const Pair *rarest, Py_ssize_t few,
             PairList *lists)
{
    Py_ssize_t units = LENGTH_OF(arrays[WANTED]), end, cost, least[2 * MAX_LISTS + 1];
    Pair pairs[2 * MAX_LISTS];
    int count = 1;
    lists[0].pair = *rarest;
    if (units > 2 * MAX_LISTS || rarest->positions <= few) {
        return 1;
    }
    for (end = 2, least[0] = 0, least[1] = PY_SSIZE_T_MAX / 2; end <= units; end++) {
        Py_ssize_t before = least[end - 2] < least[end - 1] ? least[end - 2] : least[end - 1];
        Pair *pair = &pairs[end - 2];
        if (!pair_at(arrays, end - 2, pair) || pair->positions < 0 || pair->rows < 0
            || pair->position + pair->positions > positions) {
            return 1;
        }
        least[end] = before + (pair->ahead == rarest->ahead ? 0 : pair->positions);
    }
    cost = COST_OF_A_ROW * rarest->rows;
    for (end = units; end > 0; end -= least[end - 2] <= least[end - 1] ? 2 : 1) {
        const Pair *pair = &pairs[end - 2];
        if (pair->ahead == rarest->ahead) {
            continue;
        }
        if (count == MAX_LISTS) {
            return 1;
        }
        lists[count++].pair = *pair;
        /* about how many of its positions stand in texts that have the rarest pair too */
        cost += COST_OF_A_ROW * pair->rows + pair->positions * rarest->rows / (pair->rows + 1);
    }
    return cost <= COST_OF_A_PLACE * rarest->positions ? count : 1;
}

/* Goes to the next row of a list. 0 where the reference has to decide. */
static inline int
next_in_list(PairList *list)
{
    list->position += count_of(&list->cursor);
    return next_row(&list->cursor)
           && (list->cursor.document == NO_DOCUMENT
               || count_of(&list->cursor) <= list->positions_end - list->position);
}

/* How often the string stands in the document that all lists are at, without overlaps. */
static int64_t
held_in_lists(const PairList *lists, int count, Py_ssize_t units)
{
    Py_ssize_t at[MAX_LISTS], ends[MAX_LISTS];
    int64_t held = 0, free_from = 0;
    int list;
    for (list = 0; list < count; list++) {
        at[list] = lists[list].position;
        ends[list] = at[list] + count_of(&lists[list].cursor);
    }
    for (; at[0] < ends[0]; at[0]++) {
        int64_t start = (int64_t)number_at(&lists[0].positions, at[0]) - lists[0].pair.ahead;
        if (start < free_from) {
            continue;
        }
        for (list = 1; list < count; list++) {
            int64_t wanted = start + lists[list].pair.ahead, there = -1;
            while (at[list] < ends[list]) {
                there = number_at(&lists[list].positions, at[list]);
                if (there >= wanted) {
                    break;
                }
                at[list]++;
            }
            if (at[list] == ends[list]) {
                return held;
            }
            if (there != wanted) {
                break;
            }
        }
        if (list == count) {
            held++;
            free_from = start + units;
        }
    }
    return held;
}

/* How often a text holds the string where the row of a list says, at or behind `free_from`; the piece
   of the text begins at `start`. What is found is looked for in the text. */
static int64_t
held_in_text(const Py_buffer *arrays, const PairList *list, int64_t start, Py_ssize_t end,
             int64_t *free_from)
{
    const uint16_t *units = arrays[UNITS].buf, *wanted = arrays[WANTED].buf;
    Py_ssize_t position = list->position, behind = position + count_of(&list->cursor);
    Py_ssize_t length = LENGTH_OF(arrays[WANTED]);
    int64_t held = 0;
    for (; position < behind; position++) {
        int64_t at = start + number_at(&list->positions, position) - list->pair.ahead;
        Py_ssize_t unit = 0;
        if (at < *free_from || at + length > end) {
            continue;
        }
        while (unit < length && units[at + unit] == wanted[unit]) {
            unit++;
        }
        if (unit == length) {
            held++;
            *free_from = at + length;
        }
    }
    return held;
}

/* Whether all lists are at one document; those behind the first go on to it. -1: as next_in_list. */
static int
at_one_document(PairList *lists, int count)
{
    int64_t document = lists[0].cursor.document;
    int list;
    for (list = 1; list < count; list++) {
        while (lists[list].cursor.document < document) {
            if (!next_in_list(&lists[list])) {
                return -1;
            }
        }
        if (lists[list].cursor.document > document) {
            return 0;
        }
    }
    return 1;
}

/* Texts of several pieces: of which text each piece behind the first is, ascending. What was found in
   a text is kept under its first such piece, since its pieces are numbered behind all texts. */
typedef struct {
    const uint16_t *texts;
    Py_ssize_t pieces, next;
    int64_t *held, *free_from;
} LongTexts;

/* Room for what is found in texts of several pieces. 1: there is, 0: an error is set, -1: the pieces
   are not in order. */
static int
opened_long_texts(const Py_buffer *piece_texts, LongTexts *own)
{
    Py_ssize_t piece;
    own->texts = piece_texts->buf;
    own->pieces = LENGTH_OF(*piece_texts);
    for (piece = 1; piece < own->pieces; piece++) {
        if (own->texts[piece] < own->texts[piece - 1]) {
            return -1;
        }
    }
    own->held = PyMem_Calloc(2 * (size_t)own->pieces + 1, sizeof(int64_t));
    if (own->held == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    own->free_from = own->held + own->pieces;
    return 1;
}

/* Under which piece the text of a document is kept; -1: it has one piece. Documents come ascending. */
static Py_ssize_t
kept_under(LongTexts *own, int64_t document, Py_ssize_t text_count)
{
    Py_ssize_t piece = document - text_count;
    if (piece < 0) {
        while (own->next < own->pieces && own->texts[own->next] < document) {
            own->next++;
        }
        return own->next < own->pieces && own->texts[own->next] == document ? own->next : -1;
    }
    while (piece > 0 && own->texts[piece - 1] == own->texts[piece]) {
        piece--;
    }
    return piece;
}

/* Puts what was found in texts of several pieces between the others. How many texts there are. */
static Py_ssize_t
with_long_texts(const LongTexts *own, Py_ssize_t found, int64_t *texts, int64_t *counts)
{
    Py_ssize_t piece, all = found, place;
    for (piece = 0; piece < own->pieces; piece++) {
        all += own->held[piece] > 0;
    }
    for (piece = own->pieces - 1, place = all - 1; place >= found; piece--) {
        if (!own->held[piece]) {
            continue;
        }
        for (; found > 0 && texts[found - 1] > own->texts[piece]; found--, place--) {
            texts[place] = texts[found - 1];
            counts[place] = counts[found - 1];
        }
        texts[place] = own->texts[piece];
        counts[place] = own->held[piece];
        place--;
    }
    return all;
}

/* The texts that hold the string, and how often, written to `texts` and `counts`. Their number, or -1
   where the reference has to decide.

   The first list says where to look. Of several lists the positions tell, of one the texts do. */
static Py_ssize_t
counted_texts(const Py_buffer *arrays, PairList *lists, int count, LongTexts *long_texts,
              Py_ssize_t end, Py_ssize_t text_count, int64_t *texts, int64_t *counts)
{
    const int64_t *starts = arrays[TEXT_STARTS].buf;
    Py_ssize_t found = 0, units = LENGTH_OF(arrays[WANTED]);
    for (; lists[0].cursor.document != NO_DOCUMENT;) {
        int64_t document = lists[0].cursor.document, held = 0, free_from = 0;
        Py_ssize_t piece;
        if (document >= LENGTH_OF(arrays[TEXT_STARTS])) {
            return -1;
        }
        piece = kept_under(long_texts, document, text_count);
        if (piece >= 0) {
            /* a string may stand across the cut of a text into pieces */
            long_texts->held[piece] += held_in_text(arrays, lists, starts[document], end,
                                                    &long_texts->free_from[piece]);
        }
        else if (count == 1) {
            held = held_in_text(arrays, lists, starts[document], end, &free_from);
        }
        else {
            int state = at_one_document(lists, count);
            if (state < 0) {
                return -1;
            }
            held = state ? held_in_lists(lists, count, units) : 0;
        }
        if (held) {
            texts[found] = document;
            counts[found] = held;
            found++;
        }
        if (!next_in_list(&lists[0])) {
            return -1;
        }
    }
    return with_long_texts(long_texts, found, texts, counts);
}

/* Opens the lists of the chosen pairs. 0 where the arrays do not belong together. */
static int
opened_lists(const Py_buffer *arrays, unsigned int width, PairList *lists, int count)
{
    int list;
    for (list = 0; list < count; list++) {
        PairList *own = &lists[list];
        own->positions.bytes = arrays[POSITIONS].buf;
        own->positions.width = width;
        own->position = own->pair.position;
        own->positions_end = own->position + own->pair.positions;
        own->cursor.read = own->cursor.next = 0;
        if (!rows_of_pair(arrays, own->pair.number, &own->cursor.rows)
            || !next_row(&own->cursor)
            || (own->cursor.document != NO_DOCUMENT
                && count_of(&own->cursor) > own->pair.positions)) {
            return 0;
        }
    }
    return 1;
}

/* count_string(keys: u32[], starts: u32[], skip_starts: u32[], extra_starts: u32[],
   position_starts: u32[], rows: u8[], wide_skips: u16[], wide_extras: u32[], positions: u8[],
   units: u16[], text_starts: i64[], piece_texts: u16[], wanted: u16[], width: int, end: int, few: int)
   -> (texts, counts), both the bytes of i64[]; None where the reference has to decide.

   The first twelve are the postings of the pairs of a stream, and its texts; positions have `width`
   bits each, and `end` is the end of the last text. Up to `few` places are looked at in the texts. Occurrences that overlap an earlier one do
   not count. */
static PyObject *
count_string(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    static const int widths[ARRAYS] = {4, 4, 4, 4, 4, 1, 2, 4, 1, 2, 8, 2, 2};
    Py_buffer arrays[ARRAYS];
    Pair pair;
    PairList lists[MAX_LISTS];
    LongTexts long_texts = {0};
    unsigned int width;
    Py_ssize_t end, few, positions, text_count, length = 0, found = 0;
    PyObject *texts = NULL, *counts = NULL, *out = NULL;
    int number, open = 0, state = -1, chosen;
    if (!is_count(given, ARRAYS + 3) || !(width = width_of(args[ARRAYS]))) {
        return NULL;
    }
    end = PyLong_AsSsize_t(args[ARRAYS + 1]);
    few = PyLong_AsSsize_t(args[ARRAYS + 2]);
    if (PyErr_Occurred()) {
        return NULL;
    }
    for (number = 0; number < ARRAYS; number++) {
        if (!opened(args[number], &arrays[number], widths[number], PyBUF_SIMPLE)) {
            goto finished;
        }
        open++;
    }
    positions = numbers_in(LENGTH_OF(arrays[POSITIONS]), width);
    text_count = LENGTH_OF(arrays[TEXT_STARTS]) - LENGTH_OF(arrays[PIECE_TEXTS]);
    if (end <= LENGTH_OF(arrays[UNITS]) && text_count >= 0) {
        state = rarest_pair(arrays, positions, &pair);
    }
    if (state > 0) {
        chosen = chosen_pairs(arrays, positions, &pair, few, lists);
        state = opened_lists(arrays, width, lists, chosen) ? 1 : -1;
    }
    if (state > 0) {
        length = pair.rows;
        state = opened_long_texts(&arrays[PIECE_TEXTS], &long_texts);
        if (state == 0) {
            goto finished;
        }
    }
    texts = PyBytes_FromStringAndSize(NULL, length * 8);
    counts = PyBytes_FromStringAndSize(NULL, length * 8);
    if (texts == NULL || counts == NULL) {
        goto finished;
    }
    if (state > 0) {
        found = counted_texts(arrays, lists, chosen, &long_texts, end, text_count,
                              (int64_t *)PyBytes_AS_STRING(texts),
                              (int64_t *)PyBytes_AS_STRING(counts));
    }
    if (found < 0 || state < 0) {
        out = Py_NewRef(Py_None);
    }
    else if (found == length
             || (_PyBytes_Resize(&texts, found * 8) == 0
                 && _PyBytes_Resize(&counts, found * 8) == 0)) {
        out = PyTuple_Pack(2, texts, counts);
    }
finished:
    PyMem_Free(long_texts.held);
    Py_XDECREF(texts);
    Py_XDECREF(counts);
    for (number = 0; number < open; number++) {
        PyBuffer_Release(&arrays[number]);
    }
    return out;
}

/* ------------------------------------------------------------------ the module */
#define FAST(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL}

static PyMethodDef methods[] = {
    {"offset_columns", offset_columns, METH_O, NULL},
    FAST(display_text),
    FAST(add_counts),
    FAST(add_weighted),
    FAST(add_numbers),
    FAST(greatest),
    FAST(best),
    FAST(unpack_rows),
    FAST(pack_bits),
    FAST(unpack_bits),
    FAST(count_string),
    FAST(word_impact),
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "The inner loops of kernels.py, compiled.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__kernels(void)
{
    uint16_t one = 1;
    Py_UCS4 character;
    if (*(unsigned char *)&one != 1) {
        PyErr_SetString(PyExc_ImportError, "the arrays of an index are little-endian");
        return NULL;
    }
    for (character = 0; character < FIRST_PLANE; character++) {
        character_table[character] = character;
    }
    return PyModule_Create(&definition);
}
