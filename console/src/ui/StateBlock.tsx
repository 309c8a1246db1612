// What stands where content would: nothing found, an error, no right. Icon, sentence, ways on.

import type { ReactNode } from "react";
import classes from "./states.module.css";

export interface StateBlockProps {
  icon: ReactNode;
  title: string;
  /** One or two sentences: why, and what helps. */
  children?: ReactNode;
  /** Buttons. */
  actions?: ReactNode;
  isError?: boolean;
}

export function StateBlock({ icon, title, children, actions, isError = false }: StateBlockProps) {
  return (
    <section className={classes.block} role={isError ? "alert" : "status"}>
      <div className={classes.icon} data-error={isError || undefined} aria-hidden>
        {icon}
      </div>
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.text}>{children}</div> : null}
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </section>
  );
}
