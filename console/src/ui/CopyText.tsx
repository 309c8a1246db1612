// A text to take along, such as a command or a key: shown whole, with a button that copies it.

import { CopyButton } from "./CopyButton";
import classes from "./copy.module.css";

export interface CopyTextProps {
  text: string;
  /** What the text is, for screen readers. */
  name: string;
  copy: string;
  copied: string;
}

export function CopyText({ text, name, copy, copied }: CopyTextProps) {
  return (
    <div className={classes.copy}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={classes.text} tabIndex={0} aria-label={name}>
        <pre>{text}</pre>
      </section>
      <CopyButton text={text} label={copy} doneLabel={copied} isNamed />
    </div>
  );
}
