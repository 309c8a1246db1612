// What happened at the company that the tests ask about, besides everything that was generated: a
// cluster that somebody released last week, one person's night, one desktop's whole life.

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

export const CLUSTER = { type: "cluster", id: "c-render-07", name: "渲染农场-07" };
export const DESKTOP = { type: "desktop", id: "d-cad-42", name: "cad-ws-42" };
/** Who released the cluster, and from where. */
export const RELEASER = { operator: "zhaomin", operator_name: "赵敏", source_ip: "10.77.8.9" };
/** Who was up at night. */
export const OWL = { operator: "luyouhan", operator_name: "陆友涵", source_ip: "10.16.40.4" };
/** An approval of two levels that its requester climbed alone, and one that went after the book. */
export const OWN_APPROVAL = { type: "approval", id: "ap-own-1", name: "AP-OWN-1" };
export const APPROVAL = { type: "approval", id: "ap-fine-2", name: "AP-FINE-2" };
const OWNER = { operator: "guoping", operator_name: "郭萍", source_ip: "10.16.40.77" };

export interface StoryEvent {
  id: string;
  time: string;
  operation: string;
  [field: string]: unknown;
}

/** The hour of the night that is over for sure: 02:00 in Shanghai, at least a day ago. */
export function night(now: number): number {
  const midnight = Math.floor(now / DAY_MS) * DAY_MS - DAY_MS;
  return midnight - 6 * HOUR_MS;
}

/** The events, oldest first. */
export function story(now: number): StoryEvent[] {
  const dark = night(now);
  const at = (time: number, operation: string, fields: Record<string, unknown>) => ({
    id: `story-${operation}-${time}`,
    time: new Date(time).toISOString(),
    operation,
    ...fields,
  });
  const ago = (days: number, hours = 0) => now - days * DAY_MS - hours * HOUR_MS;
  const nodes = (count: number) => ({ request_data: { nodes: count, image: "rocky-9.4" } });
  return [
    at(ago(9), "cluster.create", { ...OWNER, object: CLUSTER, ...nodes(12) }),
    at(ago(5), "cluster.release", {
      ...RELEASER,
      object: CLUSTER,
      reason: "项目结束",
      request_data: { force: true, keep_data: false },
    }),
    at(ago(8), "desktop.create", {
      ...OWNER,
      object: DESKTOP,
      request_data: { cpu: 8, memory_gib: 32, image: "win11-cad" },
      changes: { before: null, after: { cpu: 8, memory_gib: 32 } },
    }),
    at(ago(7), "desktop.webrdp.create", { ...OWNER, object: DESKTOP, session_id: "rdp-e2e-1" }),
    at(ago(7, -3), "desktop.webrdp.disconnect", {
      ...OWNER,
      object: DESKTOP,
      session_id: "rdp-e2e-1",
      request_data: { end_cause: "user" },
    }),
    at(ago(4), "desktop.delete", { ...RELEASER, object: DESKTOP, reason: "闲置" }),
    ...approvals(at, ago),
    at(dark, "user.login", { ...OWL, object: { type: "user", id: "u-owl", name: OWL.operator } }),
    ...[1, 2, 3].map((hour) =>
      at(dark + (hour * HOUR_MS) / 2, "file.download", {
        ...OWL,
        object: { type: "file", id: `/share/secret/plan-${hour}.step`, name: `plan-${hour}.step` },
      }),
    ),
    at(dark + 2 * HOUR_MS, "user.login", { ...OWL, outcome: "failure", reason: "密码错误" }),
  ].sort((a, b) => a.time.localeCompare(b.time));
}

type At = (time: number, operation: string, fields: Record<string, unknown>) => StoryEvent;

/** Two requests to take data out, from the policy to the deletion. */
function approvals(at: At, ago: (days: number, hours?: number) => number): StoryEvent[] {
  const manifest = { levels: 2, files: 3, bytes: 7_340_032, manifest_sha256: "c0ffee".repeat(10) };
  const of = (approval: object) => ({ related: [{ ...approval, role: "approval" }] });
  const says = (object: object, request: object) => ({
    object,
    request_data: { ...manifest, ...request },
  });
  const policy = at(ago(9, 2), "approval_policy.flow.edit", {
    ...RELEASER,
    object: { type: "approval_flow", id: "flow-e2e" },
    request_data: { levels: 2, keep_hours: 48, approvers: ["team lead", "admin"] },
  });
  const approve = (hours: number, who: object, approval: object, request: object) =>
    at(ago(6, hours), "approval.approve", { ...who, ...says(approval, request) });
  return [
    policy,
    at(ago(6, 9), "approval.initiate", { ...OWL, ...says(OWN_APPROVAL, {}) }),
    approve(8, OWL, OWN_APPROVAL, { level: 1, comment: "自己看过了" }),
    approve(7, OWL, OWN_APPROVAL, { level: 2 }),
    at(ago(6, 6), "approval.initiate", { ...OWNER, ...says(APPROVAL, { purpose: "客户交付" }) }),
    approve(5, OWL, APPROVAL, { level: 1, comment: "数据已脱敏，同意外发" }),
    approve(4, RELEASER, APPROVAL, { level: 2, comment: "ok" }),
    at(ago(6, 3), "file.download", {
      ...OWNER,
      ...of(APPROVAL),
      object: { type: "file", id: "/share/download/ap-fine-2.zip", name: "ap-fine-2.zip" },
      request_data: manifest,
    }),
    at(ago(4, 3), "approval_data.download_area.delete", {
      operator: "system",
      ...of(APPROVAL),
      cause_id: policy.id,
      object: { type: "approval_data", id: "data-fine-2" },
    }),
  ];
}
