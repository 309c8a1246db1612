// A part of one of the drawer's tabs: its heading, at the right what can be done, and its body.

import type { ReactNode } from "react";
import classes from "./section.module.css";

export interface SectionProps {
  title: string;
  tools?: ReactNode;
  children: ReactNode;
}

export function Section({ title, tools, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>
        {title}
        {tools}
      </h3>
      {children}
    </section>
  );
}
