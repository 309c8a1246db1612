// Asks why a person is looked at, where the server wants to record that before it tells.

import { Button, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/locale";
import { StateBlock } from "../../ui/StateBlock";

export function ReasonForm({ onReason }: { onReason: (reason: string) => void }) {
  const t = useT("user");
  const [text, setText] = useState("");
  return (
    <StateBlock icon={<IconLock />} title={t.reasonTitle}>
      <p>{t.reasonText}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) onReason(text.trim());
        }}
      >
        <TextInput
          label={t.reasonLabel}
          value={text}
          required
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" mt="sm" disabled={!text.trim()}>
          {t.reasonGo}
        </Button>
      </form>
    </StateBlock>
  );
}
