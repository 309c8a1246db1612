// The audit page's shortcuts.

import { useLocale } from "../../i18n/locale";
import type { Messages } from "../../i18n/messages";
import { useShortcuts } from "../../shell/shortcuts";

export interface LogKeys {
  onFilter: () => void;
  onStep: (by: 1 | -1) => void;
  onOpen: () => void;
  onClose: () => void;
  onRange: () => void;
  onLive: () => void;
  onFacets: () => void;
  onAgain: () => void;
  onMenu: () => void;
}

export function useLogKeys(keys: LogKeys): void {
  const { zoneChoice, setZone } = useLocale();
  const of = (name: keyof Messages["log"]) => (messages: Messages) => String(messages.log[name]);
  const switchZone = () => setZone(zoneChoice === "UTC" ? "browser" : "UTC");
  useShortcuts("log", [
    { keys: "/", label: of("keySearch"), run: keys.onFilter },
    { keys: "j", label: of("keyNext"), run: () => keys.onStep(1) },
    { keys: "k", label: of("keyPrevious"), run: () => keys.onStep(-1) },
    { keys: "ArrowDown", label: of("keyNext"), run: () => keys.onStep(1) },
    { keys: "ArrowUp", label: of("keyPrevious"), run: () => keys.onStep(-1) },
    { keys: "Enter", label: of("keyOpen"), run: keys.onOpen },
    { keys: "Escape", label: of("keyClose"), run: keys.onClose },
    { keys: "t", label: of("keyRange"), run: keys.onRange },
    { keys: "l", label: of("keyLive"), run: keys.onLive },
    { keys: "f", label: of("keyFacets"), run: keys.onFacets },
    { keys: "r", label: of("keyRefresh"), run: keys.onAgain },
    { keys: "c", label: of("keyMenu"), run: keys.onMenu },
    { keys: "u", label: of("keyZone"), run: switchZone },
  ]);
}
