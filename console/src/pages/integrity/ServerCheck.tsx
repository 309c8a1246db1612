// The server's own check of everything it keeps: begun now, how far it is, what the last one found,
// and how far the places outside have followed.

import { Button, Progress } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { Refusal } from "../../shell/Refusal";
import { DataTable, Fact, Facts, Section } from "../../ui/Page";
import { Tag } from "../../ui/Tag";
import { Waiting } from "../../ui/Waiting";

const RUNNING_MS = 500;
const IDLE_MS = 10_000;
const VERIFICATION = ["verification"];

type Check = components["schemas"]["ScrubStatus"];
type Delivery = components["schemas"]["DeliveryStatus"];

export function ServerCheck() {
  const t = useT("integrity");
  const readsStatus = useRight("read-status");
  const client = useQueryClient();
  const check = useQuery({
    queryKey: VERIFICATION,
    queryFn: () => answer(api.GET("/v1/verification", {})),
    refetchInterval: (query) => (query.state.data?.running ? RUNNING_MS : IDLE_MS),
  });
  const begin = useMutation({
    mutationFn: () => answer(api.POST("/v1/verification", {})),
    onSuccess: (begun) => client.setQueryData(VERIFICATION, begun),
  });
  const isRunning = check.data?.running ?? false;
  return (
    <Section
      title={t.serverCheck}
      intro={t.serverCheckText}
      actions={
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={15} aria-hidden />}
          disabled={!check.data || isRunning}
          loading={begin.isPending}
          onClick={() => begin.mutate()}
        >
          {isRunning ? t.checking : t.checkNow}
        </Button>
      }
    >
      {begin.error ? <Refusal error={begin.error} /> : null}
      {check.isPending ? <Waiting /> : null}
      {check.error ? <ErrorState error={check.error} onRetry={() => void check.refetch()} /> : null}
      {check.data ? <Scrub scrub={check.data} /> : null}
      {readsStatus ? <Elsewhere /> : null}
    </Section>
  );
}

function Scrub({ scrub }: { scrub: Check }) {
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

/** The places outside; the state of the server tells of them. */
function Elsewhere() {
  const { data } = useQuery({
    queryKey: ["status"],
    queryFn: () => answer(api.GET("/v1/status", {})),
    refetchInterval: IDLE_MS,
  });
  return data ? <Deliveries all={[...data.places, ...data.witnesses]} /> : null;
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
