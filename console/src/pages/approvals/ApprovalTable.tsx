// Cases as an endless table, newest first.

import { useMemo } from "react";
import type { Format } from "../../i18n/format";
import { useLocale, useT } from "../../i18n/locale";
import type { MoreMessages } from "../../i18n/messages";
import { paths } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import { type Column, VirtualTable } from "../../table/VirtualTable";
import links from "../../ui/link.module.css";
import { Tag } from "../../ui/Tag";
import classes from "./approvals.module.css";
import type { Approval } from "./cases";
import { loginOf } from "./steps";
import { toneOfFinding, toneOfState } from "./tones";

const ROW_PX = 36;
const FLAGS_SHOWN = 2;

export interface ApprovalTableProps {
  cases: Approval[];
  cursor: number;
  onOpen: (place: number) => void;
  onNearEnd: () => void;
}

export function ApprovalTable({ cases, cursor, onOpen, onNearEnd }: ApprovalTableProps) {
  const t = useT("approvals");
  const { format } = useLocale();
  const columns = useMemo((): Column<Approval>[] => {
    const link = (to: string, text: string) => (
      <GoLink to={to} onClick={(event) => event.stopPropagation()} className={links.link}>
        {text}
      </GoLink>
    );
    return [
      {
        key: "began",
        label: t.submitted,
        width: 180,
        cell: (one) => <span className="figures">{format.stamp(one.began)}</span>,
      },
      {
        key: "case",
        label: t.case,
        width: 170,
        isFlexible: true,
        cell: (one) => link(paths.approval(one.id, one.stack_id), one.name || one.id),
      },
      {
        key: "requester",
        label: t.requester,
        width: 150,
        cell: (one) => {
          const login = loginOf(one.requester);
          return login === null ? "" : link(paths.user(login), login);
        },
      },
      {
        key: "level",
        label: t.level,
        width: 84,
        cell: (one) => <span className="figures">{`${one.level} / ${one.levels ?? "?"}`}</span>,
      },
      {
        key: "state",
        label: t.states,
        width: 210,
        cell: (one) => <Tag kind={toneOfState(one)}>{stateOf(one, t)}</Tag>,
      },
      {
        key: "data",
        label: t.data,
        width: 170,
        cell: (one) => <span className="figures">{sizeOf(one, t, format)}</span>,
      },
      {
        key: "flags",
        label: t.findings,
        width: 330,
        cell: (one) => <Flags kinds={one.flags} />,
      },
    ];
  }, [t, format]);
  return (
    <VirtualTable
      label={t.title}
      columns={columns}
      rows={cases}
      rowHeight={ROW_PX}
      cursor={cursor}
      onOpen={onOpen}
      onNearEnd={onNearEnd}
      texts={{ resize: () => "" }}
    />
  );
}

/** How much it is about, as far as it is said. */
export function sizeOf(
  one: Pick<Approval, "files" | "bytes">,
  t: MoreMessages["approvals"],
  format: Format,
): string {
  const files = one.files === null ? [] : [t.files(format.number(one.files), one.files)];
  const bytes = one.bytes === null ? [] : [format.bytes(one.bytes)];
  return [...files, ...bytes].join(" · ");
}

/** How a case stands; once its data is gone, with what was decided. */
export function stateOf(of: Approval, t: MoreMessages["approvals"]): string {
  const { state, decision } = of;
  return state === "deleted" && decision ? t.stateDeleted(decision) : t.state(state);
}

function Flags({ kinds }: { kinds: string[] }) {
  const t = useT("approvals");
  const { format } = useLocale();
  const more = kinds.length - FLAGS_SHOWN;
  return (
    <span className={classes.flags}>
      {kinds.slice(0, FLAGS_SHOWN).map((kind) => (
        <Tag key={kind} kind={toneOfFinding(kind)}>
          {t.flag(kind)}
        </Tag>
      ))}
      {more > 0 ? <Tag kind="quiet">{`+${format.number(more)}`}</Tag> : null}
    </span>
  );
}
