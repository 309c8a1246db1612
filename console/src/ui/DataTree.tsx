// JSON as a tree: folded and unfolded, searched, copied branch by branch. Masked values stand out.

import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { CopyButton } from "./CopyButton";
import classes from "./tree.module.css";

const OPEN_DEPTH = 3;
const MASK = "***";

export interface DataTreeProps {
  value: unknown;
  /** Marks where it stands in keys and values, and unfolds the way to it. */
  search?: string;
  labels: { copy: string; copied: string; unfold: string; fold: string };
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function holds(key: string, value: unknown, search: string): boolean {
  if (!search) return false;
  if (key.toLowerCase().includes(search)) return true;
  if (isBranch(value)) return Object.entries(value).some(([k, v]) => holds(k, v, search));
  return String(value).toLowerCase().includes(search);
}

function marked(text: string, search: string): ReactNode {
  const at = search ? text.toLowerCase().indexOf(search) : -1;
  if (at < 0) return text;
  const end = at + search.length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}

export function DataTree({ value, search = "", labels }: DataTreeProps) {
  const wanted = search.trim().toLowerCase();
  if (!isBranch(value)) return <Leaf value={value} search={wanted} />;
  return <Branch value={value} depth={0} search={wanted} labels={labels} />;
}

interface BranchProps {
  value: Record<string, unknown>;
  depth: number;
  search: string;
  labels: DataTreeProps["labels"];
}

function Branch({ value, depth, search, labels }: BranchProps) {
  return (
    <ul className={classes.tree}>
      {Object.entries(value).map(([key, child]) => (
        <Node key={key} name={key} value={child} depth={depth} search={search} labels={labels} />
      ))}
    </ul>
  );
}

interface NodeProps extends Omit<BranchProps, "value"> {
  name: string;
  value: unknown;
}

function Node({ name, value, depth, search, labels }: NodeProps) {
  const [isOpen, setIsOpen] = useState(depth < OPEN_DEPTH);
  const isTree = isBranch(value);
  const isUnfolded = isTree && (isOpen || holds("", value, search));
  const text = () => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
  return (
    <li>
      <div className={classes.node}>
        {isTree ? (
          <button
            type="button"
            className={classes.twist}
            aria-expanded={isUnfolded}
            aria-label={`${isUnfolded ? labels.fold : labels.unfold} ${name}`}
            onClick={() => setIsOpen(!isUnfolded)}
          >
            {isUnfolded ? (
              <IconChevronDown size={12} aria-hidden />
            ) : (
              <IconChevronRight size={12} aria-hidden />
            )}
          </button>
        ) : (
          <span className={classes.twist} />
        )}
        <span className={classes.key}>{marked(name, search)}:</span>
        {isTree ? (
          <span className={classes.key}>
            {Array.isArray(value) ? `[${value.length}]` : isUnfolded ? "" : "{…}"}
          </span>
        ) : (
          <Leaf value={value} search={search} />
        )}
        <CopyButton text={text} label={`${labels.copy} ${name}`} doneLabel={labels.copied} />
      </div>
      {isUnfolded ? (
        <Branch value={value} depth={depth + 1} search={search} labels={labels} />
      ) : null}
    </li>
  );
}

function Leaf({ value, search }: { value: unknown; search: string }) {
  const kind = value === MASK ? "masked" : value === null ? "null" : typeof value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (
    <span className={classes.leaf} data-kind={kind}>
      {marked(text ?? "", search)}
    </span>
  );
}
