// The shape that every language's dictionaries have.
//
// English is written first and gives the shape; a language that lacks a key, or takes other
// arguments, does not compile. An area of the console has a file in each language's folder.

type Widened<T> = T extends (...args: infer A) => infer R
  ? (...args: A) => R
  : T extends string
    ? string
    : { [K in keyof T]: Widened<T[K]> };

/** What a translation of an English dictionary has to be. */
export type TranslationOf<T> = Widened<T>;

/** Every dictionary of one language, by area. */
export type Messages = TranslationOf<typeof import("./en")["messages"]>;

export type Area = keyof Messages;
export type Language = "en" | "zh";

export const LANGUAGES: { code: Language; name: string }[] = [
  { code: "en", name: "English" },
  { code: "zh", name: "中文" },
];

const LOADERS: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import("./en"),
  zh: () => import("./zh"),
};

/** Loads a language; only the one that is read is ever fetched. */
export async function loadMessages(language: Language): Promise<Messages> {
  return (await LOADERS[language]()).messages;
}

/** Picks by count in English: `plural(n, "row", "rows")`. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
