"""What the nodes compute: scripts in Painless, stored in the cluster under names of their own.

A stored script is allowed where inline ones are not, and is compiled once a node. Its name holds a
digest of its code: several versions of this program may use one cluster. Positions are UTF-16
units, as Java counts them. Distances and widths are characters: `codePointCount` makes the
difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

__all__ = [
    "COUNT_SCRIPT",
    "DISTINCT_SCRIPTS",
    "FREQUENCY_SOURCE",
    "HOLDS_SCRIPT",
    "REVIVE_SCRIPT",
    "SATURATION_SCRIPT",
    "SCORE_SCRIPT",
    "SHARE_SCRIPT",
    "SOURCES",
    "SUM_SCRIPT",
]

# A span is one number, so that sorting gives what starts first, and of those the longest.
SPANS = """
long span(int start, int end) {
  return ((long) start) * 4294967296L + (2147483647L - (long) end);
}

int startOf(long span) {
  return (int) (span / 4294967296L);
}

int endOf(long span) {
  return (int) (2147483647L - (span % 4294967296L));
}

String text(Map doc, String name) {
  def held = doc.get(name);
  if (held.size() == 0) {
    return '';
  }
  return ((BytesRef) held.value).utf8ToString();
}
"""

# Letters and numbers of every kind: Python's str.isalnum.
PLACES = """
boolean isOfRun(int character) {
  int kind = Character.getType(character);
  return (kind >= 1 && kind <= 5) || (kind >= 9 && kind <= 11);
}

boolean isInside(String text, int start, int end, List outside) {
  for (def one : outside) {
    String outer = (String) one;
    int first = end - outer.length();
    int at = text.indexOf(outer, first > 0 ? first : 0);
    if (at >= 0 && at <= start) {
      return true;
    }
  }
  return false;
}

void placesOfForms(String text, Map node, boolean onlyOne, List out) {
  List outside = (List) node.get('outside');
  boolean isFree = outside.isEmpty();
  for (def one : (List) node.get('forms')) {
    String form = (String) one;
    int at = text.indexOf(form);
    while (at >= 0) {
      int end = at + form.length();
      if (isFree || !isInside(text, at, end, outside)) {
        out.add(span(at, end));
        if (onlyOne) {
          return;
        }
      }
      at = text.indexOf(form, at + 1);
    }
  }
}

List starred(String text, List ends, int widest) {
  List reached = new ArrayList();
  int last = -1;
  for (def one : ends) {
    int at = (int) one;
    if (at > last) {
      reached.add(at);
      last = at;
    }
    for (int width = 0; width < widest && at < text.length(); width++) {
      int character = text.codePointAt(at);
      if (!isOfRun(character)) {
        break;
      }
      at += Character.charCount(character);
      if (at > last) {
        reached.add(at);
        last = at;
      }
    }
  }
  return reached;
}

List stepped(String text, List ends, String sign) {
  List reached = new ArrayList();
  for (def one : ends) {
    int at = (int) one;
    if (sign.equals('?')) {
      if (at < text.length()) {
        int character = text.codePointAt(at);
        if (isOfRun(character)) {
          reached.add(at + Character.charCount(character));
        }
      }
    } else if (text.regionMatches(at, sign, 0, sign.length())) {
      reached.add(at + sign.length());
    }
  }
  return reached;
}

int shortestFit(String text, int start, List signs, int widest) {
  List ends = new ArrayList();
  ends.add(start);
  for (def one : signs) {
    String sign = (String) one;
    if (sign.equals('*')) {
      ends = starred(text, ends, widest);
    } else {
      ends = stepped(text, ends, sign);
    }
    if (ends.isEmpty()) {
      return -1;
    }
  }
  return (int) ends.get(0);
}

int startBefore(String text, int at, int signs) {
  for (int n = 0; n < signs; n++) {
    if (at <= 0) {
      return -1;
    }
    at -= Character.charCount(text.codePointBefore(at));
  }
  return at;
}

void placesOfPattern(String text, Map node, boolean onlyOne, List out) {
  String first = (String) node.get('first');
  int lead = (int) node.get('lead');
  int widest = (int) node.get('widest');
  List signs = (List) node.get('signs');
  int at = text.indexOf(first);
  while (at >= 0) {
    int start = startBefore(text, at, lead);
    if (start >= 0) {
      int end = shortestFit(text, start, signs, widest);
      if (end >= 0) {
        out.add(span(start, end));
        if (onlyOne) {
          return;
        }
      }
    }
    at = text.indexOf(first, at + 1);
  }
}

void places(String text, Map node, boolean onlyOne, List out) {
  if (node.containsKey('signs')) {
    placesOfPattern(text, node, onlyOne, out);
  } else {
    placesOfForms(text, node, onlyOne, out);
  }
}
"""

# Reached are the ends of chains that hold a set of the operands, for every set: a bit an operand.
NEAR = """
TreeSet reachedFrom(String text, TreeSet ends, List spans, int distance) {
  TreeSet reached = new TreeSet();
  for (def one : spans) {
    long place = (long) one;
    int start = startOf(place);
    def before = ends.floor(start);
    if (before != null && text.codePointCount((int) before, start) <= distance) {
      reached.add(endOf(place));
    }
  }
  return reached;
}

boolean isNear(String text, String stream, Map node) {
  List operands = (List) node.get('operands');
  int distance = (int) node.get('distance');
  int count = operands.size();
  List spans = new ArrayList();
  for (def one : operands) {
    Map operand = (Map) one;
    List found = new ArrayList();
    if (((List) operand.get('streams')).contains(stream)) {
      places(text, operand, false, found);
    }
    if (found.isEmpty()) {
      return false;
    }
    spans.add(found);
  }
  int sets = 1;
  for (int n = 0; n < count; n++) {
    sets = sets * 2;
  }
  TreeSet[] reached = new TreeSet[sets];
  int bit = 1;
  for (int n = 0; n < count; n++) {
    reached[bit] = new TreeSet();
    for (def one : (List) spans.get(n)) {
      reached[bit].add(endOf((long) one));
    }
    bit = bit * 2;
  }
  for (int held = 1; held < sets; held++) {
    if (reached[held] == null || reached[held].isEmpty()) {
      continue;
    }
    bit = 1;
    for (int n = 0; n < count; n++) {
      if ((held & bit) == 0) {
        TreeSet more = reachedFrom(text, reached[held], (List) spans.get(n), distance);
        if (reached[held | bit] == null) {
          reached[held | bit] = more;
        } else {
          reached[held | bit].addAll(more);
        }
      }
      bit = bit * 2;
    }
  }
  return reached[sets - 1] != null && !reached[sets - 1].isEmpty();
}

boolean holds(Map doc, List streams, Map node) {
  for (def one : streams) {
    String stream = (String) one;
    String text = text(doc, stream);
    if (text.length() == 0) {
      continue;
    }
    if (node.containsKey('operands')) {
      if (isNear(text, stream, node)) {
        return true;
      }
    } else {
      List found = new ArrayList();
      places(text, node, true, found);
      if (!found.isEmpty()) {
        return true;
      }
    }
  }
  return false;
}

return holds(doc, params.streams, params.node);
"""

# Leftmost, then longest, then on from its end.
CHOSEN = """
List chosen(String text, List nodes) {
  List spans = new ArrayList();
  for (def one : nodes) {
    places(text, (Map) one, false, spans);
  }
  Collections.sort(spans);
  List kept = new ArrayList();
  int at = 0;
  for (def one : spans) {
    long place = (long) one;
    if (startOf(place) >= at) {
      kept.add(place);
      at = endOf(place);
    }
  }
  return kept;
}

long apart(String text, String form) {
  long count = 0;
  int at = text.indexOf(form);
  while (at >= 0) {
    count += 1;
    at = text.indexOf(form, at + form.length());
  }
  return count;
}
"""

# A place in the wording counts where it touches something that was replaced and no place of the
# text itself is shown there. `rows` are those of an OffsetMap, one after the other.
COUNT = """
int[] rowsOf(Map doc, String name) {
  String written = text(doc, name);
  if (written.length() == 0) {
    written = '0,0,0';
  }
  String[] parts = written.splitOnToken(',');
  int[] rows = new int[parts.length];
  for (int n = 0; n < parts.length; n++) {
    rows[n] = Integer.parseInt(parts[n]);
  }
  return rows;
}

int rowAt(int[] rows, int position) {
  int row = rows.length - 3;
  while (row > 0 && rows[row] > position) {
    row -= 3;
  }
  return row;
}

int shownStart(int[] rows, int start) {
  int row = rowAt(rows, start);
  if (rows[row + 2] > 0) {
    return rows[row + 1];
  }
  return rows[row + 1] + start - rows[row];
}

int shownEnd(int[] rows, int end) {
  int row = rowAt(rows, end - 1);
  if (rows[row + 2] > 0) {
    return rows[row + 1] + rows[row + 2];
  }
  return rows[row + 1] + end - rows[row];
}

boolean isReplaced(int[] rows, int length, int start, int end) {
  for (int row = 0; row < rows.length; row += 3) {
    int until = row + 3 < rows.length ? rows[row + 3] : length;
    if (rows[row + 2] > 0 && start < until && rows[row] < end) {
      return true;
    }
  }
  return false;
}

long reworded(Map doc, Map stream, String text, List own) {
  String wording = text(doc, (String) stream.get('wording'));
  if (wording.length() == 0) {
    return 0;
  }
  List found = chosen(wording, (List) stream.get('nodes'));
  if (found.isEmpty()) {
    return 0;
  }
  int[] rows = rowsOf(doc, (String) stream.get('wording_map'));
  int[] ownRows = rowsOf(doc, (String) stream.get('form_map'));
  int length = wording.codePointCount(0, wording.length());
  long count = 0;
  for (def one : found) {
    long place = (long) one;
    int start = wording.codePointCount(0, startOf(place));
    int end = wording.codePointCount(0, endOf(place));
    if (!isReplaced(rows, length, start, end)) {
      continue;
    }
    int from = shownStart(rows, start);
    int until = shownEnd(rows, end);
    boolean isNew = true;
    for (def other : own) {
      long counted = (long) other;
      int first = text.codePointCount(0, startOf(counted));
      int last = text.codePointCount(0, endOf(counted));
      if (from < shownEnd(ownRows, last) && shownStart(ownRows, first) < until) {
        isNew = false;
        break;
      }
    }
    if (isNew) {
      count += 1;
    }
  }
  return count;
}

long countIn(Map doc, Map stream) {
  String text = text(doc, (String) stream.get('form'));
  boolean isWorded = false;
  if (stream.containsKey('wording')) {
    isWorded = doc.get((String) stream.get('wording')).size() > 0;
  }
  if (!isWorded && stream.containsKey('only')) {
    return apart(text, (String) stream.get('only'));
  }
  List own = chosen(text, (List) stream.get('nodes'));
  long count = own.size();
  if (isWorded) {
    count += reworded(doc, stream, text, own);
  }
  return count;
}

long count = 0;
for (def one : params.streams) {
  count += countIn(doc, (Map) one);
}
return count;
"""

SCORE = """
double total = _score;
List fields = (List) params.fields;
int count = fields.size();
double[] weights = new double[count];
String[] names = new String[count];
for (int n = 0; n < count; n++) {
  List field = (List) fields.get(n);
  names[n] = (String) field.get(0);
  double length = (double) doc.get((String) field.get(1)).value;
  double share = (double) field.get(3);
  weights[n] = ((double) field.get(2)) / (1.0 - share + share * length / ((double) field.get(4)));
}
double saturation = (double) params.word_saturation;
for (def one : params.words) {
  List word = (List) one;
  double frequency = 0.0;
  for (int n = 0; n < count; n++) {
    double times = (double) termFreq(names[n], (String) word.get(0));
    if (times > 0.0) {
      frequency += weights[n] * times;
    }
  }
  if (frequency > 0.0) {
    double idf = (double) word.get(1);
    total += idf * frequency * (saturation + 1.0) / (frequency + saturation);
  }
}
saturation = (double) params.pair_saturation;
for (def one : params.pairs) {
  List pair = (List) one;
  String form = (String) pair.get(0);
  double times = 0.0;
  if ((boolean) pair.get(2)) {
    for (def stream : params.streams) {
      times += (double) apart(text(doc, (String) stream), form);
    }
  } else {
    for (def field : (List) pair.get(3)) {
      times += (double) termFreq((String) field, form);
    }
  }
  if (times > 0.0) {
    double length = (double) doc.get('len_units').value;
    double frequency = times / (0.25 + 0.75 * length / ((double) params.mean_units));
    double idf = (double) pair.get(1);
    total += idf * frequency * (saturation + 1.0) / (frequency + saturation);
  }
}
return total;
"""


# `_score` is how often a term stands in a field, whose length tells how much that is.
SHARE = """
double length = (double) doc.get((String) params.length).value;
double share = (double) params.share;
double norm = 1.0 - share + share * length / ((double) params.mean);
return ((double) params.weight) * _score / norm;
"""

# `_score` is the frequency of a term in all fields together.
SATURATION = """
double frequency = _score;
double saturation = (double) params.saturation;
return ((double) params.idf) * frequency * (saturation + 1.0) / (frequency + saturation);
"""

# The frequencies of strings that stand apart, as the similarity `frequency` scores them.
SUM = """
return Math.round(_score.doubleValue());
"""

# What a writer has marked that did not commit is as it was.
REVIVE = """
ctx._source.remove('died');
ctx._source.remove('died_at');
"""

# How a string is scored by that similarity.
FREQUENCY_SOURCE = "return query.boost * doc.freq;"


def _named(purpose: str, source: str) -> str:
    digest = hashlib.sha256(source.encode()).hexdigest()
    return f"gongkai-{purpose}-{digest[:12]}"


HOLDS_SOURCE = SPANS + PLACES + NEAR
COUNT_SOURCE = SPANS + PLACES + CHOSEN + COUNT
SCORE_SOURCE = SPANS + PLACES + CHOSEN + SCORE

# Whether a report holds a string outside others, a pattern, or strings near each other.
HOLDS_SCRIPT = _named("holds", HOLDS_SOURCE)

# How many values a field has, by the numbers that stand for them. The part of a scripted metric ->
# its code; a `cardinality` of the server would be a guess. A table of `slots` numbers, a power of
# two, is half as slow as a set and holds half as many values; the set takes what is more. Its last
# place counts. Only where there are several shards they send their numbers (slots is 0).
DISTINCT = {
    "init_script": """
int slots = (int) params.slots;
state.table = new long[slots + 1];
state.more = new HashSet();
""",
    "map_script": """
List held = (List) doc.get((String) params.field);
long[] table = (long[]) state.table;
int slots = table.length - 1;
for (int n = 0; n < held.size(); n++) {
  long number = (long) held.get(n);
  int at = (int) (number & (long) (slots - 1));
  while (slots > 0 && table[at] != 0L && table[at] != number) {
    at = (at + 1) & (slots - 1);
  }
  if (slots > 0 && table[at] == number) {
    continue;
  }
  if (2L * table[slots] < slots) {
    table[at] = number;
    table[slots] += 1L;
  } else {
    ((Set) state.more).add(number);
  }
}
""",
    "combine_script": """
long[] table = (long[]) state.table;
Set more = (Set) state.more;
if (table.length == 1) {
  return new ArrayList(more);
}
return table[table.length - 1] + (long) more.size();
""",
    "reduce_script": """
Set all = new HashSet();
long alone = 0;
for (def told : states) {
  if (told instanceof List) {
    all.addAll((List) told);
  } else if (told != null) {
    alone += (long) told;
  }
}
return alone + (long) all.size();
""",
}

# How often the strings of a question stand in a report.
COUNT_SCRIPT = _named("count", COUNT_SOURCE)
DISTINCT_SCRIPTS = {
    part: _named(part.replace("_script", "-distinct"), code)
    for part, code in DISTINCT.items()
}
# What a term of a field adds to the frequency of a term, and what that frequency is worth.
SHARE_SCRIPT = _named("share", SHARE)
SATURATION_SCRIPT = _named("saturation", SATURATION)

# The score of a report: what `_score` holds already, its words and its pairs.
SCORE_SCRIPT = _named("score", SCORE_SOURCE)

# The frequencies that a report was scored by, as a whole number.
SUM_SCRIPT = _named("sum", SUM)

# Takes back that a report has died.
REVIVE_SCRIPT = _named("revive", REVIVE)

# Name -> code.
SOURCES: Mapping[str, str] = {
    HOLDS_SCRIPT: HOLDS_SOURCE,
    COUNT_SCRIPT: COUNT_SOURCE,
    **{DISTINCT_SCRIPTS[part]: code for part, code in DISTINCT.items()},
    SHARE_SCRIPT: SHARE,
    SATURATION_SCRIPT: SATURATION,
    SCORE_SCRIPT: SCORE_SOURCE,
    SUM_SCRIPT: SUM,
    REVIVE_SCRIPT: REVIVE,
}
