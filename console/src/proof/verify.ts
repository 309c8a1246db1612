// An event's proof, checked from beginning to end in this browser: docs/formats/proofs.md.
//
// Every step is computed here with SHA-256 and Ed25519 of WebCrypto; the server is asked for the
// proof and the keys, and believed in nothing. Without WebCrypto (a page not on https or loopback)
// the verdict is `unchecked`, never `verified`. It does not prove that this page itself is honest:
// for that there is `annals verify`.

import { equal } from "./bytes";
import { readProofFile } from "./file";
import { leafHash, readDisclosure, type SealedField, sealedFields } from "./leaf";
import { type Checkpoint, checkSignature, readCheckpoint, readVerifierKey } from "./note";
import { differences, type ProvedLeaf, provedEvent } from "./proved";
import { rootFrom } from "./tree";

export type Step = "file" | "values" | "tree" | "signature" | "shown";
export type StepVerdict = "passed" | "failed" | "unchecked";

export interface StepResult {
  step: Step;
  verdict: StepVerdict;
}

export interface Verification {
  verdict: "verified" | "failed" | "unchecked";
  steps: StepResult[];
  /** The sealed fields of the leaf (of both, of an operation in two phases). */
  fields: SealedField[];
  /** Fields that are shown otherwise than proved. */
  differences: string[];
  checkpoint: Checkpoint | null;
  /** The key that signed the checkpoint, as a vkey. */
  signedBy: string | null;
  /** The first fault in words for experts; null if there is none. */
  fault: string | null;
}

/** What is checked. */
export interface Claim {
  /** The proof file's text. */
  proof: string;
  /** The log's verifier keys, one vkey a line. */
  vkeys: string;
  /** The event as the page shows it. */
  shown: Record<string, unknown>;
}

/** True where this browser can compute hashes at all: on https and loopback. */
export function canVerify(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

class Steps {
  readonly results: StepResult[] = [];
  fault: string | null = null;

  note(step: Step, verdict: StepVerdict, fault: string | null = null): void {
    const before = this.results.find((one) => one.step === step);
    if (!before) this.results.push({ step, verdict });
    else if (before.verdict === "passed") before.verdict = verdict;
    if (verdict === "failed") this.fault ??= fault;
  }

  get verdict(): Verification["verdict"] {
    if (this.results.some((one) => one.verdict === "failed")) return "failed";
    return this.results.some((one) => one.verdict === "unchecked") ? "unchecked" : "verified";
  }
}

/** Checks a proof against the keys and the event as shown. Never throws. */
export async function verify(claim: Claim): Promise<Verification> {
  const steps = new Steps();
  const found: Omit<Verification, "verdict" | "steps" | "fault"> = {
    fields: [],
    differences: [],
    checkpoint: null,
    signedBy: null,
  };
  if (!canVerify()) {
    steps.note("file", "unchecked");
    return { ...found, verdict: "unchecked", steps: steps.results, fault: null };
  }
  try {
    const leaves: ProvedLeaf[] = [];
    const proofs = readProofFile(claim.proof);
    for (const proof of proofs) {
      const { entry, disclosed } = readDisclosure(proof.extra);
      const checkpoint = readCheckpoint(proof.note.text);
      steps.note("file", "passed");
      const fields = await sealedFields(entry, disclosed);
      const wrong = fields.filter((field) => field.verdict === "mismatch");
      steps.note(
        "values",
        wrong.length > 0 ? "failed" : "passed",
        `not the committed value: ${wrong.map((field) => field.name).join(", ")}`,
      );
      const leaf = await leafHash(entry.bytes);
      const root = await rootFrom(leaf, proof.index, checkpoint.size, proof.hashes);
      const isRoot = root !== null && equal(root, checkpoint.root);
      steps.note("tree", isRoot ? "passed" : "failed", "the leaf does not lead to the root");
      const signature = await signatureOf(proof.note, checkpoint, claim.vkeys);
      steps.note("signature", signature.verdict, signature.fault);
      found.fields.push(...fields);
      found.checkpoint = checkpoint;
      found.signedBy = signature.signedBy;
      leaves.push({ core: entry.core, fields });
    }
    const indexes = proofs.map((proof) => proof.index);
    found.differences = compare(claim.shown, indexes, leaves);
    steps.note(
      "shown",
      found.differences.length > 0 ? "failed" : "passed",
      `shown otherwise than proved: ${found.differences.join(", ")}`,
    );
  } catch (error) {
    steps.note("file", "failed", error instanceof Error ? error.message : String(error));
    const before = steps.results.find((one) => one.step === "file");
    if (before) before.verdict = "failed";
  }
  return { ...found, verdict: steps.verdict, steps: steps.results, fault: steps.fault };
}

function compare(
  shown: Record<string, unknown>,
  indexes: bigint[],
  leaves: ProvedLeaf[],
): string[] {
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const withheld = leaves.flatMap((leaf) =>
    leaf.fields.filter((field) => field.verdict === "withheld").map((field) => field.name),
  );
  const hidden = new Set([...list(shown.masked), ...list(shown.erased), ...withheld]);
  const found = differences(shown, provedEvent(leaves), hidden);
  // An operation in two phases stands at its intent, and at its outcome where it came again with it.
  return indexes.includes(BigInt(Number(shown.index ?? -1))) ? found : ["index", ...found];
}

async function signatureOf(
  note: Parameters<typeof checkSignature>[0],
  checkpoint: Checkpoint,
  vkeys: string,
): Promise<{ verdict: StepVerdict; signedBy: string | null; fault: string | null }> {
  let isUnsupported = false;
  for (const line of vkeys.split("\n").filter((one) => one.trim() !== "")) {
    const key = await readVerifierKey(line.trim());
    if (key.name !== checkpoint.origin) continue;
    const verdict = await checkSignature(note, key);
    if (verdict === "signed") return { verdict: "passed", signedBy: key.vkey, fault: null };
    if (verdict === "bad") {
      return { verdict: "failed", signedBy: null, fault: "the log's signature does not hold" };
    }
    isUnsupported ||= verdict === "unsupported";
  }
  if (isUnsupported) return { verdict: "unchecked", signedBy: null, fault: null };
  return { verdict: "failed", signedBy: null, fault: "no key of the log signed the checkpoint" };
}
