// While an input method composes, its keys belong to it: Enter takes a word, Escape drops it.
//
// Fields of our own ask for that themselves; dialogs and menus of the library below do not, and would
// close. So nothing in the page hears of such keys at all. Composed text comes by other events.

/** True where a key is the input method's. Some browsers say so by the key code alone. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** To be called before anything else listens for keys. */
export function leaveKeysToInputMethods(): void {
  const keep = (event: KeyboardEvent) => {
    if (isComposing(event)) event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", keep, { capture: true });
}
