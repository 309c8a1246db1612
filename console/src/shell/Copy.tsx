// `CopyText` in the reader's language.

import { useT } from "../i18n/locale";
import { CopyText } from "../ui/CopyText";

export function Copy({ text, name }: { text: string; name: string }) {
  const t = useT("shell");
  return <CopyText text={text} name={name} copy={t.copy} copied={t.copied} />;
}
