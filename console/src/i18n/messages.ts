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

/** The dictionaries of what a first visit shows, by area. */
export type Messages = TranslationOf<typeof import("./en")["messages"]>;

/** The dictionaries of all other pages, by area. */
export type MoreMessages = TranslationOf<typeof import("./en/more")["more"]>;

export type Language = "en" | "zh";

export const LANGUAGES: { code: Language; name: string }[] = [
  { code: "en", name: "English" },
  { code: "zh", name: "中文" },
];

const LOADERS: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import("./en"),
  zh: () => import("./zh"),
};

const MORE_LOADERS: Record<Language, () => Promise<{ more: MoreMessages }>> = {
  en: () => import("./en/more"),
  zh: () => import("./zh/more"),
};

const moreLoaded = new Map<Language, Promise<MoreMessages>>();

/** The dictionaries of the other pages: the same promise each time, fetched with the first. */
export function moreMessages(language: Language): Promise<MoreMessages> {
  let loading = moreLoaded.get(language);
  if (!loading) {
    loading = MORE_LOADERS[language]().then(({ more }) => more);
    moreLoaded.set(language, loading);
    // What failed once may be there the next time.
    loading.catch(() => moreLoaded.delete(language));
  }
  return loading;
}

/** Loads a language; only the one that is read is ever fetched. */
export async function loadMessages(language: Language): Promise<Messages> {
  return (await LOADERS[language]()).messages;
}

/** Picks by count in English: `plural(n, "row", "rows")`. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
