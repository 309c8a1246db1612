// Sessions as an endless table, newest first.

import { useMemo } from "react";
import { useSessionWords } from "../../entity/SessionLanes";
import { addressOf, kindOf, type Session } from "../../entity/sessions";
import { useLocale, useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { type Column, VirtualTable } from "../../table/VirtualTable";
import links from "../../ui/link.module.css";
import classes from "./sessions.module.css";

const ROW_PX = 34;

export interface SessionTableProps {
  sessions: Session[];
  opened: string | undefined;
  onOpen: (session: Session) => void;
  onNearEnd: () => void;
}

export function SessionTable({ sessions, opened, onOpen, onNearEnd }: SessionTableProps) {
  const t = useT("sessions");
  const { format } = useLocale();
  const say = useSessionWords();
  const columns = useMemo((): Column<Session>[] => {
    const link = (to: string | null, text: string) =>
      to ? (
        <GoLink to={to} onClick={(event) => event.stopPropagation()} className={links.link}>
          {text}
        </GoLink>
      ) : (
        text
      );
    return [
      {
        key: "began",
        label: t.began,
        width: 160,
        cell: (one) => <span className="figures">{format.stamp(one.began)}</span>,
      },
      {
        key: "user",
        label: t.user,
        width: 140,
        cell: (one) => link(one.operator ? paths.user(one.operator) : null, one.operator ?? ""),
      },
      { key: "kind", label: t.session, width: 90, cell: (one) => t.kind(kindOf(one)) },
      {
        key: "object",
        label: t.object,
        width: 180,
        isFlexible: true,
        cell: (one) => {
          const { object } = one;
          const to = object?.type && object.id ? paths.object(object.type, object.id) : null;
          return link(to, say.thing(one));
        },
      },
      {
        key: "address",
        label: t.address,
        width: 130,
        cell: (one) => {
          const address = addressOf(one);
          return (
            <span className="figures">{link(address ? paths.ip(address) : null, address)}</span>
          );
        },
      },
      {
        key: "lasted",
        label: t.lasted,
        width: 110,
        cell: (one) => <span className="figures">{say.length(one)}</span>,
      },
      {
        key: "ended",
        label: t.ended,
        width: 210,
        cell: (one) => (
          <span className={classes.end} data-cause={one.end?.cause} data-state={one.state}>
            {say.end(one)}
          </span>
        ),
      },
    ];
  }, [t, format, say]);
  return (
    <VirtualTable
      label={t.title}
      columns={columns}
      rows={sessions}
      rowHeight={ROW_PX}
      cursor={sessions.findIndex((one) => String(one.index) === opened)}
      onOpen={(place) => {
        const session = sessions[place];
        if (session) onOpen(session);
      }}
      onNearEnd={onNearEnd}
      texts={{ resize: () => "" }}
    />
  );
}
