// Tokens of programs: which there are, who made them, when they were last used, and an end to them.

import { Button, Checkbox } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { revokeToken, type Token, tokensQuery } from "../../api/account";
import { queryClient } from "../../api/queries";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import { Confirm } from "../../ui/Confirm";
import { DataTable, Page } from "../../ui/Page";
import { StateBlock } from "../../ui/StateBlock";
import { Tag } from "../../ui/Tag";
import { OneTime } from "./OneTime";
import { TokenForm } from "./TokenForm";

type Task =
  | { kind: "create" }
  | { kind: "revoke"; token: Token }
  | { kind: "secret"; name: string; secret: string };

export function TokensPage() {
  const t = useT("admin");
  const mayManage = useRight("manage-tokens");
  const { data } = useSuspenseQuery(tokensQuery);
  const [task, setTask] = useState<Task | null>(null);
  const [withEnded, setWithEnded] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const revoke = useMutation({ mutationFn: revokeToken, onSettled: refresh });
  const close = () => setTask(null);
  const tokens = data.tokens.filter((token) => withEnded || !hasEnded(token));
  const endedCount = data.tokens.filter(hasEnded).length;

  return (
    <Page
      title={t.tokens}
      intro={t.tokensText}
      actions={
        <>
          {endedCount > 0 ? (
            <Checkbox
              label={t.withEnded(endedCount)}
              checked={withEnded}
              onChange={(event) => setWithEnded(event.currentTarget.checked)}
            />
          ) : null}
          {mayManage ? (
            <Button leftSection={<IconKey size={15} />} onClick={() => setTask({ kind: "create" })}>
              {t.newToken}
            </Button>
          ) : null}
        </>
      }
    >
      <Refusal error={revoke.error} />
      {tokens.length === 0 ? (
        <StateBlock icon={<IconKey />} title={t.noTokens}>
          {t.noTokensText}
        </StateBlock>
      ) : (
        <TokenTable
          tokens={tokens}
          onRevoke={mayManage ? (token) => setTask({ kind: "revoke", token }) : null}
        />
      )}
      {task?.kind === "create" ? (
        <TokenForm
          onClose={close}
          onDone={({ name, token }) => {
            void refresh();
            setTask({ kind: "secret", name, secret: token });
          }}
        />
      ) : null}
      {task?.kind === "secret" ? (
        <OneTime
          title={t.tokenFor(task.name)}
          text={t.tokenText}
          secret={task.secret}
          onClose={close}
        />
      ) : null}
      {task?.kind === "revoke" ? (
        <Confirm
          title={t.revokeTitle(task.token.name)}
          act={t.revoke}
          cancel={t.cancel}
          isBusy={revoke.isPending}
          onClose={close}
          onAct={() => {
            revoke.mutate(task.token.id);
            close();
          }}
        >
          {t.revokeText}
        </Confirm>
      ) : null}
    </Page>
  );
}

function hasEnded(token: Token): boolean {
  const isOver = token.expires !== null && new Date(token.expires).getTime() <= Date.now();
  return token.revoked !== null || isOver;
}

interface TokenTableProps {
  tokens: Token[];
  onRevoke: ((token: Token) => void) | null;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  const t = useT("admin");
  const { role } = useT("shell");
  const { format } = useLocale();
  const head = [t.name, t.tokenId, t.role, t.scope, t.expires, t.lastUsed, t.madeBy];
  return (
    <DataTable name={t.tokens} head={onRevoke ? [...head, t.act] : head}>
      {tokens.map((token) => (
        <tr key={token.id}>
          <td>
            <strong>{token.name}</strong>
            {token.may_be_system ? <div className="quiet">{t.maySystem}</div> : null}
          </td>
          <td className="mono">{token.id}</td>
          <td>{role(token.role)}</td>
          <td>{token.scope ? <code className="mono">{token.scope}</code> : t.everything}</td>
          <td>
            {token.revoked ? (
              <Tag kind="quiet">{t.revoked}</Tag>
            ) : token.expires ? (
              format.stamp(token.expires)
            ) : (
              t.neverExpires
            )}
          </td>
          <td>{token.last_used ? format.relative(token.last_used) : t.never}</td>
          <td>{token.created_by}</td>
          {onRevoke ? (
            <td>
              {hasEnded(token) ? null : (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`${t.revoke}: ${token.name}`}
                  onClick={() => onRevoke(token)}
                >
                  {t.revoke}
                </Button>
              )}
            </td>
          ) : null}
        </tr>
      ))}
    </DataTable>
  );
}
