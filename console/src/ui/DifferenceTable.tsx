// Before and after, line by line. Added and removed are told by sign and word, not only by colour.

import classes from "./difference.module.css";

export interface DifferenceRow {
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface DifferenceTableProps {
  rows: DifferenceRow[];
  labels: { field: string; before: string; after: string; none: string };
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

export function DifferenceTable({ rows, labels }: DifferenceTableProps) {
  return (
    <table className={classes.diff}>
      <thead>
        <tr>
          <th scope="col">{labels.field}</th>
          <th scope="col">{labels.before}</th>
          <th scope="col">{labels.after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, before, after }) => (
          <tr key={path}>
            <td className="mono">{path || "·"}</td>
            <td className={classes.before} data-none={isNone(before) || undefined}>
              {isNone(before) ? labels.none : <del>{written(before)}</del>}
            </td>
            <td className={classes.after} data-none={isNone(after) || undefined}>
              {isNone(after) ? labels.none : <ins>{written(after)}</ins>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
