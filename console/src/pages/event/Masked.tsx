// Values that a role sees as `***`, and showing them for a reason, where that right is there.
//
// The server records reason and reader before it answers; the values stand here only until the
// drawer shows another event.

import { Button, Textarea } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import type { AuditEvent } from "../../api/events";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { DataTree } from "../../ui/DataTree";
import classes from "./masked.module.css";
import section from "./section.module.css";

const RIGHT = "unmask-events";

export function Masked({ event }: { event: AuditEvent }) {
  const t = useT("drawer");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const mayUnmask = useRight(RIGHT);
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState("");
  const unmask = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/v1/events/index/{index}/unmask", {
          params: { path: { index: event.index ?? 0 } },
          body: { reason: reason.trim() },
        }),
      ),
  });
  const fields = event.masked ?? [];
  if (fields.length === 0) return null;
  return (
    <section className={classes.masked}>
      <p>
        <IconEyeOff size={15} aria-hidden />{" "}
        {t.masked(format.list(fields.map((field) => catalogue.field(field))))}
      </p>
      {unmask.data ? (
        <>
          <h3 className={section.heading}>{t.unmasked}</h3>
          <DataTree
            value={unmask.data.values}
            labels={{ copy: t.copy, copied: t.copied, unfold: t.unfold, fold: t.fold }}
          />
        </>
      ) : mayUnmask && !isAsking ? (
        <Button variant="default" onClick={() => setIsAsking(true)}>
          {t.unmask}
        </Button>
      ) : mayUnmask ? (
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            if (reason.trim()) unmask.mutate();
          }}
        >
          <Textarea
            label={t.unmaskReason}
            autosize
            minRows={2}
            required
            value={reason}
            error={unmask.error?.message}
            onChange={(changed) => setReason(changed.currentTarget.value)}
          />
          <Button type="submit" mt={8} loading={unmask.isPending} disabled={!reason.trim()}>
            {t.unmaskShow}
          </Button>
        </form>
      ) : null}
    </section>
  );
}
