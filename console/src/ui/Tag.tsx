// A word that stands out, such as a state; told apart by the word, and by colour besides.

import type { ReactNode } from "react";
import classes from "./tag.module.css";

export interface TagProps {
  kind: "good" | "bad" | "doubtful" | "quiet";
  icon?: ReactNode;
  children: ReactNode;
}

export function Tag({ kind, icon, children }: TagProps) {
  return (
    <span className={classes.tag} data-kind={kind}>
      {icon}
      {children}
    </span>
  );
}
