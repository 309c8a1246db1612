// Whether the checkpoint is signed by the key this browser knows, checked here and not by the server.

import { IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { LogHead } from "../../api/log";
import { useT } from "../../i18n/locale";
import { checkSignature, readNote, readVerifierKey } from "../../proof/note";
import { judge } from "../../proof/pin";
import { Tag } from "../../ui/Tag";

type Verdict = "signed" | "changed" | "bad" | "unsupported";

const LOOKS = {
  signed: { kind: "good", icon: IconCircleCheck },
  changed: { kind: "doubtful", icon: IconHelpCircle },
  bad: { kind: "bad", icon: IconCircleX },
  unsupported: { kind: "quiet", icon: IconHelpCircle },
} as const;

async function check(head: LogHead, vkey: string): Promise<Verdict> {
  // Without a secure context there is no WebCrypto, and nothing to check with.
  if (!globalThis.crypto?.subtle) return "unsupported";
  const verdict = await checkSignature(readNote(head.note), await readVerifierKey(vkey));
  if (verdict === "unsupported") return "unsupported";
  if (verdict !== "signed") return "bad";
  return judge(head.origin, vkey) === "changed" ? "changed" : "signed";
}

export function SignatureMark({ head, vkey }: { head: LogHead; vkey: string }) {
  const t = useT("integrity");
  const { data, error } = useQuery({
    queryKey: ["signature", head.note, vkey],
    queryFn: () => check(head, vkey),
    staleTime: Number.POSITIVE_INFINITY,
    // The verdict before the next checkpoint stays until that one is checked.
    placeholderData: (before) => before,
  });
  const verdict: Verdict | undefined = error ? "bad" : data;
  if (!verdict) return <span className="quiet">{t.checking}</span>;
  const { kind, icon: Mark } = LOOKS[verdict];
  return (
    <>
      <Tag kind={kind} icon={<Mark size={13} aria-hidden />}>
        {t.verdict(verdict)}
      </Tag>{" "}
      <span className="quiet">{t.verdictText(verdict)}</span>
    </>
  );
}
