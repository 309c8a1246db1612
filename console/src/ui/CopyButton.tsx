// A small button that copies a text and says so for a moment.

import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import button from "./button.module.css";
import { copyText } from "./clipboard";
import classes from "./copy.module.css";

const SAID_MS = 1_400;

export interface CopyButtonProps {
  text: string | (() => string);
  label: string;
  doneLabel: string;
  /** With its name beside the icon. */
  isNamed?: boolean;
}

export function CopyButton({ text, label, doneLabel, isNamed = false }: CopyButtonProps) {
  const [isDone, setIsDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setIsDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const shown = isDone ? doneLabel : label;
  return (
    <button
      type="button"
      className={isNamed ? `${button.framed} ${classes.named}` : `${button.icon} ${classes.square}`}
      aria-label={shown}
      title={shown}
      onClick={async (event) => {
        event.stopPropagation();
        setIsDone(await copyText(typeof text === "function" ? text() : text));
      }}
    >
      {isDone ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      {isNamed ? <span>{shown}</span> : null}
    </button>
  );
}
