// An address that no page has.

import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../i18n/locale";
import { paths } from "../paths";
import { StateBlock } from "../ui/StateBlock";

export function Missing() {
  const t = useT("shell");
  return (
    <StateBlock
      icon={<IconMapOff />}
      title={t.missingTitle}
      actions={
        <Button component={Link} to={paths.log} variant="default">
          {t.toLog}
        </Button>
      }
    >
      <p>{t.missingText}</p>
    </StateBlock>
  );
}
