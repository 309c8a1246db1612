// One's own account: who one is here, password, second factor, and where one is signed in.

import { Button } from "@mantine/core";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { accountQuery, endSession, ownSessionsQuery } from "../../api/account";
import { queryClient } from "../../api/queries";
import { useSession } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import { DataTable, Fact, Facts, Page, Section } from "../../ui/Page";
import { PasswordForm } from "./PasswordForm";
import { SecondFactor } from "./SecondFactor";

export function AccountPage() {
  const t = useT("account");
  const session = useSession();
  if (!session.signed_in || !session.must_change_password) return <Account />;
  // Until then the server answers nothing else.
  return (
    <Page title={t.mustChangeTitle} intro={t.mustChangeText}>
      <Section title={t.password}>
        <PasswordForm />
      </Section>
    </Page>
  );
}

function Account() {
  const t = useT("account");
  const { role } = useT("shell");
  const { format } = useLocale();
  const { data: account } = useSuspenseQuery(accountQuery);
  const isLocal = account.source === "local";
  const since = account.password_changed;
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={account.display_name || account.name}>
        <Facts>
          <Fact name={t.name}>{account.name}</Fact>
          <Fact name={t.source}>{t.sources(account.source)}</Fact>
          <Fact name={t.roles}>{format.list(account.roles.map(role))}</Fact>
          <Fact name={t.scope}>{account.scope ?? t.noScope}</Fact>
          <Fact name={t.created}>{format.stamp(account.created)}</Fact>
        </Facts>
      </Section>
      {isLocal ? (
        <Section title={t.password} intro={since ? t.passwordSince(format.date(since)) : null}>
          <PasswordForm />
        </Section>
      ) : null}
      {isLocal ? <SecondFactor isEnabled={account.totp.enabled} /> : null}
      <Sessions />
    </Page>
  );
}

function Sessions() {
  const t = useT("account");
  const { format } = useLocale();
  const { data } = useSuspenseQuery(ownSessionsQuery);
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  });
  return (
    <Section title={t.sessions} intro={t.sessionsText}>
      <Refusal error={end.error} />
      <DataTable name={t.sessions} head={[t.since, t.lastUsed, t.from, t.browser, t.act]}>
        {data.sessions.map((one) => (
          <tr key={one.id}>
            <td>{format.stamp(one.created)}</td>
            <td>{format.relative(one.last_used)}</td>
            <td>{one.source_ip}</td>
            <td>{one.user_agent}</td>
            <td>
              {one.current ? (
                <span className="quiet">{t.thisOne}</span>
              ) : (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={end.isPending && end.variables === one.id}
                  onClick={() => end.mutate(one.id)}
                >
                  {t.end}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </DataTable>
    </Section>
  );
}
