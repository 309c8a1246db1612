// The checkpoint as a file: who keeps one can show later that something was cut off.

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { LogHead } from "../../api/log";
import { useT } from "../../i18n/locale";
import { saveFile } from "../../ui/saveFile";

export function KeepCheckpoint({ head }: { head: LogHead }) {
  const t = useT("integrity");
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={15} />}
      onClick={() => saveFile(`checkpoint-${head.size}.txt`, head.note)}
    >
      {t.keep}
    </Button>
  );
}
