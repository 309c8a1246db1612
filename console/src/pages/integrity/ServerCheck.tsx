// The server's own check of everything it keeps: how far it is, what the last one found, and how
// far the places outside have followed.

import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { DataTable, Fact, Facts, Section } from "../../ui/Page";
import { Tag } from "../../ui/Tag";
import { Waiting } from "../../ui/Waiting";

const RUNNING_MS = 1_000;
const IDLE_MS = 10_000;

type Status = components["schemas"]["Status"];
type Delivery = components["schemas"]["DeliveryStatus"];

export function ServerCheck() {
  const t = useT("integrity");
  const status = useQuery({
    queryKey: ["status"],
    queryFn: () => answer(api.GET("/v1/status", {})),
    refetchInterval: (query) => (query.state.data?.scrub.running ? RUNNING_MS : IDLE_MS),
  });
  return (
    <Section title={t.serverCheck} intro={t.serverCheckText}>
      {status.isPending ? <Waiting /> : null}
      {status.error ? (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      ) : null}
      {status.data ? <Scrub scrub={status.data.scrub} /> : null}
      {status.data ? <Deliveries all={[...status.data.places, ...status.data.witnesses]} /> : null}
    </Section>
  );
}

function Scrub({ scrub }: { scrub: Status["scrub"] }) {
  const t = useT("integrity");
  const { format } = useLocale();
  const share = scrub.total_bytes > 0 ? scrub.done_bytes / scrub.total_bytes : 0;
  const { last } = scrub;
  return (
    <>
      {scrub.running ? (
        <div>
          <p className="quiet">
            {t.running(format.bytes(scrub.done_bytes), format.bytes(scrub.total_bytes))}
          </p>
          <Progress value={share * 100} aria-label={t.serverCheck} />
        </div>
      ) : null}
      {last ? (
        <Facts>
          <Fact name={t.lastVerdict}>
            <Tag kind={last.findings === 0 ? "good" : "bad"}>
              {last.findings === 0 ? t.clean : t.findings(format.number(last.findings))}
            </Tag>
          </Fact>
          <Fact name={t.ended}>
            {format.stamp(last.ended)} · {format.relative(last.ended)}
          </Fact>
          <Fact name={t.checked}>
            {t.eventsIn(format.number(last.size), format.duration(last.seconds * 1000))}
          </Fact>
          {last.first ? <Fact name={t.firstFinding}>{last.first}</Fact> : null}
        </Facts>
      ) : scrub.running ? null : (
        <p className="quiet">{t.notYet}</p>
      )}
    </>
  );
}

function Deliveries({ all }: { all: Delivery[] }) {
  const t = useT("integrity");
  const { format } = useLocale();
  if (all.length === 0) return <p className="quiet">{t.nowhereElse}</p>;
  return (
    <DataTable name={t.elsewhere} head={[t.place, t.follows, t.age, t.trouble]}>
      {all.map((one) => (
        <tr key={one.name}>
          <td>{one.name}</td>
          <td>{format.number(one.size)}</td>
          <td>{format.duration(one.age_seconds * 1000)}</td>
          <td>{one.error ?? t.none}</td>
        </tr>
      ))}
    </DataTable>
  );
}
