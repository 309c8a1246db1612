// The range picker of a page's head, with its shortcut.

import { useState } from "react";
import type { Asked } from "../pages/log/question";
import { RangePicker } from "../pages/log/RangePicker";
import { useShortcuts } from "../shell/shortcuts";

export interface RangeToolsProps {
  range: string;
  asked: Asked;
  onRange: (range: string) => void;
}

export function RangeTools({ range, asked, onRange }: RangeToolsProps) {
  const [isOpen, setIsOpen] = useState(false);
  useShortcuts("general", [
    { keys: "t", label: (messages) => messages.log.keyRange, run: () => setIsOpen(true) },
    { keys: "r", label: (messages) => messages.log.keyRefresh, run: asked.again },
  ]);
  return (
    <RangePicker range={range} asked={asked} isOpen={isOpen} onOpen={setIsOpen} onRange={onRange} />
  );
}
