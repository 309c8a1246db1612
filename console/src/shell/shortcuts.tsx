// Keyboard shortcuts: who offers one registers it here, and `?` lists what works now.
//
// A shortcut is a key or two keys after each other (`g l`). None fires while something is typed,
// while an input method composes, or with Alt held. Those of letters and signs can be switched off,
// for who speaks to the browser or presses keys unmeant (WCAG 2.1.4); this browser remembers it.

import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { Messages } from "../i18n/messages";
import { recall, remember } from "../kept";
import { isComposing } from "./composing";

const SEQUENCE_MS = 1_200;
const SINGLE_KEYS = "annals.single-keys";
/** Opens the help always, letters and signs or not. */
export const HELP_KEY = "Control+/";

export interface Shortcut {
  /** `/`, `Escape`, `Control+/`, `g l`: as in KeyboardEvent.key, two keys with a blank between. */
  keys: string;
  label: (messages: Messages) => string;
  run: () => void;
}

export interface ShortcutGroup {
  /** Key of its heading in the dictionaries' `keys`. */
  name: keyof Messages["keys"];
  shortcuts: Shortcut[];
}

class Registry {
  private groups: ShortcutGroup[] = [];
  private listeners = new Set<() => void>();
  private takesSingle = recall(SINGLE_KEYS) !== "off";
  private first: { key: string; at: number } | null = null;

  add(group: ShortcutGroup): () => void {
    this.groups = [...this.groups, group];
    this.changed();
    return () => {
      this.groups = this.groups.filter((one) => one !== group);
      this.changed();
    };
  }

  list(): ShortcutGroup[] {
    return this.groups;
  }

  /** Whether letters and signs are shortcuts. */
  readonly takesSingleKeys = () => this.takesSingle;

  takeSingleKeys(takes: boolean): void {
    this.takesSingle = takes;
    remember(SINGLE_KEYS, takes ? "on" : "off");
    this.changed();
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Runs what the key completes; true if there was something. */
  press(key: string, at: number): boolean {
    const before = this.first && at - this.first.at < SEQUENCE_MS ? this.first.key : null;
    this.first = null;
    if (isSingle(key) && !this.takesSingle) return false;
    const all = this.groups.toReversed().flatMap((group) => group.shortcuts);
    const found =
      (before && all.find((one) => one.keys === `${before} ${key}`)) ||
      all.find((one) => one.keys === key);
    if (found) {
      found.run();
      return true;
    }
    if (all.some((one) => one.keys.startsWith(`${key} `))) this.first = { key, at };
    return false;
  }
}

/** A letter, a digit or a sign, which others type or say without meaning a command. */
export function isSingle(key: string): boolean {
  return key.length === 1;
}

const RegistryContext = createContext<Registry | null>(null);

/** True where a key belongs to what is being typed, not to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  if (isComposing(event)) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") {
    return true;
  }
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type)
  );
}

/** True where Enter or a blank already does something: on a button, a link, in an open menu. */
function isActivating(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key !== "Enter" && event.key !== " ") return false;
  return target.closest("button, a, [role=menuitem], summary") !== null;
}

/** True inside a dialog or menu that lies over the page: its keys are its own. */
function isOverPage(event: KeyboardEvent): boolean {
  return (
    event.target instanceof HTMLElement &&
    event.target.closest("[role=dialog], [role=menu]") !== null
  );
}

export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new Registry(), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (isTyping(event) || isActivating(event) || isOverPage(event)) return;
      const key = event.ctrlKey || event.metaKey ? `Control+${event.key}` : event.key;
      if (registry.press(key, event.timeStamp)) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

function useRegistry(): Registry {
  const registry = use(RegistryContext);
  if (!registry) throw new Error("no ShortcutsProvider above");
  return registry;
}

/** Offers shortcuts while the calling component is shown. Later ones win over earlier ones. */
export function useShortcuts(name: keyof Messages["keys"], shortcuts: Shortcut[]): void {
  const registry = useRegistry();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const keys = shortcuts.map((shortcut) => shortcut.keys).join("\n");
  useEffect(() => {
    const stable = keys.split("\n").map(
      (one): Shortcut => ({
        keys: one,
        label: (messages) => latest.current.find((it) => it.keys === one)?.label(messages) ?? "",
        run: () => latest.current.find((it) => it.keys === one)?.run(),
      }),
    );
    return registry.add({ name, shortcuts: stable });
  }, [registry, name, keys]);
}

/** Whether letters and signs are shortcuts, and how to change that. */
export function useSingleKeys(): [boolean, (takes: boolean) => void] {
  const registry = useRegistry();
  const takes = useSyncExternalStore(registry.listen, registry.takesSingleKeys);
  const take = useCallback((next: boolean) => registry.takeSingleKeys(next), [registry]);
  return [takes, take];
}

/** Opens the help, for who comes to it without its key. */
export function useHelp(): () => void {
  const registry = useRegistry();
  return useCallback(() => void registry.press(HELP_KEY, 0), [registry]);
}

/** What the page offers now, for the help. */
export function useShortcutList(): ShortcutGroup[] {
  const registry = useRegistry();
  const [groups, setGroups] = useState(registry.list());
  useEffect(() => {
    setGroups(registry.list());
    return registry.listen(() => setGroups(registry.list()));
  }, [registry]);
  return groups;
}
