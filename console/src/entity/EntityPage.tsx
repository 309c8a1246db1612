// The frame of a page about one thing: head, parts, and beside them the drawer of one event.
//
// j and k walk through the events that the page lists, Escape closes the drawer. The caller keeps the
// address; this keeps nothing.

import type { ReactNode } from "react";
import type { AuditEvent } from "../api/events";
import { useT } from "../i18n/locale";
import { EventDrawer } from "../pages/event/EventDrawer";
import { logPath } from "../paths";
import { useShortcuts } from "../shell/shortcuts";
import { useGoTo } from "../shell/useGoTo";
import { CopyButton } from "../ui/CopyButton";
import caption from "../ui/caption.module.css";
import classes from "./page.module.css";
import type { Go, PageSearch } from "./search";

const NO_EVENTS: AuditEvent[] = [];

export interface EntityPageProps<Search extends PageSearch> {
  search: Search;
  go: Go<PageSearch>;
  /** The whole events that the page has, in the order shown. */
  events?: AuditEvent[];
  /** The positions that j and k walk through; those of the events if absent. */
  positions?: number[];
  head: ReactNode;
  children: ReactNode;
  /** Takes exactly the height there is; its parts scroll by themselves. */
  isFilled?: boolean;
}

export function EntityPage<Search extends PageSearch>(props: EntityPageProps<Search>) {
  const { search, go, events = NO_EVENTS, head, children, isFilled = false } = props;
  const goTo = useGoTo();
  const opened = search.event === undefined ? null : Number(search.event);
  const close = () => go({ event: undefined, tab: undefined });
  const step = (by: 1 | -1) => {
    const positions = props.positions ?? events.flatMap((event) => event.index ?? []);
    const place = opened === null ? -1 : positions.indexOf(opened);
    const next = positions[place < 0 ? 0 : place + by];
    if (next !== undefined) go({ event: String(next) }, opened !== null);
  };
  useShortcuts("event", [
    { keys: "j", label: (messages) => messages.log.keyNext, run: () => step(1) },
    { keys: "k", label: (messages) => messages.log.keyPrevious, run: () => step(-1) },
    { keys: "Escape", label: (messages) => messages.log.keyClose, run: close },
  ]);
  return (
    <Frame
      isFilled={isFilled}
      beside={
        opened === null ? null : (
          <EventDrawer
            index={opened}
            tab={search.tab ?? "details"}
            onTab={(tab) => go({ tab: tab === "details" ? undefined : tab }, true)}
            known={events.find((event) => event.index === opened)}
            onClose={close}
            onStep={step}
            onFilter={(q) => goTo(logPath({ q, range: "all" }))}
          />
        )
      }
    >
      {head}
      {children}
    </Frame>
  );
}

export interface FrameProps {
  isFilled?: boolean;
  /** At the right of what scrolls. */
  beside?: ReactNode;
  children: ReactNode;
}

/** What scrolls, as wide as it may be read; for pages without a drawer, too. */
export function Frame({ isFilled = false, beside, children }: FrameProps) {
  return (
    <div className={classes.page}>
      <div className={classes.scroll} data-filled={isFilled || undefined}>
        <article className={classes.inner}>{children}</article>
      </div>
      {beside}
    </div>
  );
}

export interface HeadProps {
  icon: ReactNode;
  /** What kind of thing it is. */
  kind: string;
  title: ReactNode;
  /** Small facts below the title. */
  facts?: ReactNode;
  /** At the right: range, links. */
  tools?: ReactNode;
}

export function EntityHead({ icon, kind, title, facts, tools }: HeadProps) {
  return (
    <header className={classes.head}>
      <div className={classes.headText}>
        <p className={caption.caption}>
          {icon}
          {kind}
        </p>
        <h1 className={classes.title}>{title}</h1>
        {facts ? <div className={classes.facts}>{facts}</div> : null}
      </div>
      {tools ? <div className={`${classes.tools} no-print`}>{tools}</div> : null}
    </header>
  );
}

/** The name of a thing with its id behind it, or the id alone, to copy. */
export function NameAndId({ name, id }: { name: string | null | undefined; id: string }) {
  const t = useT("drawer");
  return (
    <>
      {name || id}
      {name ? <span className={`${classes.titleId} mono`}>{id}</span> : null}{" "}
      <CopyButton text={id} label={t.copy} doneLabel={t.copied} />
    </>
  );
}

/** Says that an answer did not look at everything. */
export function Partial({ is }: { is: boolean | undefined }) {
  const t = useT("entity");
  return is ? <Limit>{t.partial}</Limit> : null;
}

/** Says what is missing below it. */
export function Limit({ children }: { children: ReactNode }) {
  return <p className={classes.limit}>{children}</p>;
}
