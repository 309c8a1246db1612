// A filter's text as the terms it is made of: chips are these terms, and text again.
//
// It knows just enough of the language (docs/guide/search.md) to find where terms begin and end:
// quotes, brackets, `-`, field and sign. The server alone decides what a filter means; a text that
// cannot be split here is one term, so nothing is ever lost on the way to chips and back.

const WIDE: Record<string, string> = {
  "：": ":",
  "（": "(",
  "）": ")",
  "＂": '"',
  "“": '"',
  "”": '"',
  "－": "-",
  "＞": ">",
  "＜": "<",
  "＝": "=",
  "！": "!",
  "＊": "*",
  "．": ".",
  "，": ",",
  "／": "/",
  "\u3000": " ",
};

/** One term of a filter: a field's comparison, free text, or a bracket. */
export interface Term {
  /** Exactly as written, sign included. */
  text: string;
  start: number;
  end: number;
  isNegated: boolean;
  /** The field's name as written; null for free text and brackets. */
  field: string | null;
  /** `:`, `>`, `>=`, `<`, `<=`, `=`, `!=`; empty without a field. */
  sign: string;
  /** Without quotes; of free text all of it. */
  value: string;
  /** A bracket, or several terms joined by OR: shown as text. */
  isGroup: boolean;
}

/** Full-width punctuation as ASCII outside quotes, as the server reads it. Lengths stay equal. */
export function narrowed(text: string): string {
  let isQuoted = false;
  let out = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const narrow = WIDE[character] ?? character;
    if (isQuoted) {
      if (character === "\\" && at + 1 < text.length) {
        out += character + text[at + 1];
        at += 1;
        continue;
      }
      if (narrow === '"') {
        isQuoted = false;
        out += '"';
      } else out += character;
    } else {
      if (narrow === '"') isQuoted = true;
      out += narrow;
    }
  }
  return out;
}

interface Piece {
  start: number;
  end: number;
}

/** The runs between blanks that stand outside quotes and brackets. */
function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let start = -1;
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (character === '"') isQuoted = false;
      continue;
    }
    const isBlank = character === " " || character === "\t" || character === "\n";
    if (isBlank && depth === 0) {
      if (start >= 0) found.push({ start, end: at });
      start = -1;
      continue;
    }
    if (start < 0 && !isBlank) start = at;
    if (character === '"') isQuoted = true;
    else if (character === "(") depth += 1;
    else if (character === ")") depth = Math.max(0, depth - 1);
  }
  if (start >= 0) found.push({ start, end: text.length });
  return found;
}

const COMPARISON = /^([^\s:<>=!()"]+|"(?:[^"\\]|\\.)*")(:|>=|<=|!=|>|<|=)([\s\S]*)$/;

/** Takes quotes and their escapes off. */
export function unquoted(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(["\\])/g, "$1");
}

/** Puts quotes around what would be read otherwise. */
export function quoted(value: string): string {
  const isPlain = /^[^\s"()（）：:＂“”　\\][^\s"()（）＂“”　\\]*$/u.test(value);
  const isKeyword = value === "AND" || value === "OR" || value === "NOT";
  const looksOtherwise = value.includes("*") || /^[-－]/.test(value) || value.includes("..");
  if (isPlain && !isKeyword && !looksOtherwise) return value;
  return `"${value.replace(/(["\\])/g, "\\$1")}"`;
}

function readTerm(text: string, start: number, end: number): Term {
  const whole = text.slice(start, end);
  const isNegated = whole.startsWith("-") && whole.length > 1;
  const body = isNegated ? whole.slice(1) : whole;
  const none = { text: whole, start, end, isNegated, field: null, sign: "" };
  if (body.startsWith("(")) return { ...none, value: body, isGroup: true };
  const match = COMPARISON.exec(body);
  if (!match) return { ...none, value: unquoted(body), isGroup: false };
  const [, field = "", sign = "", value = ""] = match;
  return { ...none, field: unquoted(field), sign, value: unquoted(value), isGroup: false };
}

/** The terms that hold together (joined by AND) at the top of a filter. */
export function terms(filter: string): Term[] {
  const text = narrowed(filter);
  const all = pieces(text);
  const isOr = all.some(({ start, end }) => text.slice(start, end) === "OR");
  const first = all[0];
  const last = all.at(-1);
  if (isOr && first && last) {
    const whole = text.slice(first.start, last.end);
    return [
      {
        text: whole,
        start: first.start,
        end: last.end,
        isNegated: false,
        field: null,
        sign: "",
        value: whole,
        isGroup: true,
      },
    ];
  }
  const found: Term[] = [];
  let not: Piece | null = null;
  for (const piece of all) {
    const word = text.slice(piece.start, piece.end);
    if (word === "AND") continue;
    if (word === "NOT" && !not) {
      not = piece;
      continue;
    }
    const term = readTerm(text, piece.start, piece.end);
    found.push(
      not
        ? {
            ...term,
            text: text.slice(not.start, piece.end),
            start: not.start,
            isNegated: !term.isNegated,
          }
        : term,
    );
    not = null;
  }
  if (not) found.push(readTerm(text, not.start, not.end));
  return found;
}

/** Terms as a filter again. */
export function joined(list: Pick<Term, "text">[]): string {
  return list.map((term) => term.text).join(" ");
}
