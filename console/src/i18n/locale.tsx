// The reader's language, time zone and number format, for the whole tree.
//
// `useT(area)` gives an area's texts, `useLocale().format` writes times and numbers. Both choices are
// remembered in this browser; the first language is the browser's own.

import {
  createContext,
  type ReactNode,
  startTransition,
  use,
  useCallback,
  useMemo,
  useState,
} from "react";
import { recall, remember } from "../kept";
import { Format } from "./format";
import {
  type Language,
  loadMessages,
  type Messages,
  type MoreMessages,
  moreMessages,
} from "./messages";

const LANGUAGE_KEY = "annals.language";
const ZONE_KEY = "annals.zone";

/** `browser`, `UTC`, or an IANA name such as `Asia/Shanghai`. */
export type ZoneChoice = string;

export interface Locale {
  language: Language;
  messages: Messages;
  zoneChoice: ZoneChoice;
  /** The IANA name that the choice means here. */
  zone: string;
  format: Format;
  setLanguage: (language: Language) => void;
  setZone: (zone: ZoneChoice) => void;
}

const LocaleContext = createContext<Locale | null>(null);

/** The language to begin with: the remembered one, else the browser's. */
export function firstLanguage(): Language {
  const kept = recall(LANGUAGE_KEY);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The browser's own time zone. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function firstZone(): ZoneChoice {
  const kept = recall(ZONE_KEY);
  return kept && (kept === "browser" || isZone(kept)) ? kept : "browser";
}

interface Loaded {
  language: Language;
  messages: Messages;
}

export function LocaleProvider({ first, children }: { first: Loaded; children: ReactNode }) {
  const [loaded, setLoaded] = useState(first);
  const [zoneChoice, setZoneChoice] = useState(firstZone);

  const setLanguage = useCallback(async (language: Language) => {
    const [messages] = await Promise.all([loadMessages(language), moreMessages(language)]);
    remember(LANGUAGE_KEY, language);
    document.documentElement.lang = htmlLanguage(language);
    // The page stays as it is until all of it can change at once.
    startTransition(() => setLoaded({ language, messages }));
  }, []);
  const setZone = useCallback((zone: ZoneChoice) => {
    remember(ZONE_KEY, zone);
    setZoneChoice(zone);
  }, []);

  const locale = useMemo(() => {
    const zone = zoneChoice === "browser" ? browserZone() : zoneChoice;
    const format = new Format(loaded.language, zone);
    return { ...loaded, zoneChoice, zone, format, setLanguage, setZone };
  }, [loaded, zoneChoice, setLanguage, setZone]);
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

/** What `<html lang>` says; it also picks the right shapes of Chinese characters. */
export function htmlLanguage(language: Language): string {
  return language === "zh" ? "zh-CN" : "en";
}

export function useLocale(): Locale {
  const locale = use(LocaleContext);
  if (!locale) throw new Error("no LocaleProvider above");
  return locale;
}

/** The texts of one area in the reader's language; those of other pages are waited for. */
export function useT<A extends keyof Messages>(area: A): Messages[A];
export function useT<A extends keyof MoreMessages>(area: A): MoreMessages[A];
export function useT(area: keyof Messages | keyof MoreMessages): unknown {
  const { language, messages } = useLocale();
  if (area in messages) return messages[area as keyof Messages];
  return use(moreMessages(language))[area as keyof MoreMessages];
}
