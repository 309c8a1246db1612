// Who may sign in, with which roles and how far they see. Every change is itself an event.

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type Account,
  accountsQuery,
  changeAccount,
  deleteAccount,
  endSessions,
  removeTotp,
  resetPassword,
} from "../../api/account";
import { queryClient } from "../../api/queries";
import { useRight } from "../../api/session";
import { useLocale, useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import { Confirm } from "../../ui/Confirm";
import { DataTable, Page } from "../../ui/Page";
import { Tag } from "../../ui/Tag";
import { AccountForm } from "./AccountForm";
import { OneTime } from "./OneTime";

type Task =
  | { kind: "create" }
  | { kind: "change"; account: Account }
  | { kind: "delete"; account: Account }
  | { kind: "password"; of: string; password: string };

export function AccountsPage() {
  const t = useT("admin");
  const { role } = useT("shell");
  const { format } = useLocale();
  const mayManage = useRight("manage-accounts");
  const { data } = useSuspenseQuery(accountsQuery);
  const [task, setTask] = useState<Task | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: accountsQuery.queryKey });
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: refresh,
  });
  const close = () => setTask(null);

  const head = [t.name, t.roles, t.scope, t.state, t.lastSignIn, ...(mayManage ? [t.act] : [])];
  return (
    <Page
      title={t.accounts}
      intro={t.accountsText}
      actions={
        mayManage ? (
          <Button
            leftSection={<IconUserPlus size={15} />}
            onClick={() => setTask({ kind: "create" })}
          >
            {t.newAccount}
          </Button>
        ) : null
      }
    >
      <Refusal error={act.error} />
      <DataTable name={t.accounts} head={head}>
        {data.accounts.map((account) => (
          <tr key={account.name}>
            <td>
              <strong>{account.name}</strong>
              {account.display_name && account.display_name !== account.name ? (
                <div className="quiet">{account.display_name}</div>
              ) : null}
            </td>
            <td>{format.list(account.roles.map(role))}</td>
            <td>{account.scope ? <code className="mono">{account.scope}</code> : t.everything}</td>
            <td>
              <State account={account} />
            </td>
            <td>{account.last_sign_in ? format.relative(account.last_sign_in) : t.never}</td>
            {mayManage ? (
              <td>
                <Acts
                  account={account}
                  onTask={setTask}
                  onAct={(work) => act.mutate(work)}
                  isBusy={act.isPending}
                />
              </td>
            ) : null}
          </tr>
        ))}
      </DataTable>
      {task?.kind === "create" || task?.kind === "change" ? (
        <AccountForm
          account={task.kind === "change" ? task.account : null}
          onClose={close}
          onDone={(made) => {
            void refresh();
            setTask(made ? { kind: "password", of: made.name, password: made.password } : null);
          }}
        />
      ) : null}
      {task?.kind === "password" ? (
        <OneTime
          title={t.passwordFor(task.of)}
          text={t.passwordText}
          secret={task.password}
          onClose={close}
        />
      ) : null}
      {task?.kind === "delete" ? (
        <Confirm
          title={t.deleteTitle(task.account.name)}
          act={t.delete}
          cancel={t.cancel}
          isBusy={act.isPending}
          onClose={close}
          onAct={() => {
            act.mutate(() => deleteAccount(task.account.name));
            close();
          }}
        >
          {t.deleteText}
        </Confirm>
      ) : null}
    </Page>
  );
}

function State({ account }: { account: Account }) {
  const t = useT("admin");
  return (
    <>
      {account.locked === null ? t.active : <Tag kind="bad">{t.locked}</Tag>}
      {account.locked ? <div className="quiet">{account.locked}</div> : null}
      {account.totp ? <div className="quiet">{t.hasTotp}</div> : null}
      {account.source === "local" ? null : (
        <div className="quiet">{account.source.toUpperCase()}</div>
      )}
    </>
  );
}

interface ActsProps {
  account: Account;
  isBusy: boolean;
  onTask: (task: Task) => void;
  onAct: (work: () => Promise<unknown>) => void;
}

function Acts({ account, isBusy, onTask, onAct }: ActsProps) {
  const t = useT("admin");
  const maySessions = useRight("manage-sessions");
  const who = account.name;
  const isLocal = account.source === "local";
  const isLocked = account.locked !== null;
  const reset = async () => {
    const { password } = await resetPassword(who);
    onTask({ kind: "password", of: who, password });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          disabled={isBusy}
          rightSection={<IconChevronDown size={13} />}
          aria-label={t.actsOf(who)}
        >
          {t.manage}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onTask({ kind: "change", account })}>{t.change}</Menu.Item>
        {isLocal ? <Menu.Item onClick={() => onAct(reset)}>{t.resetPassword}</Menu.Item> : null}
        {account.totp ? (
          <Menu.Item onClick={() => onAct(() => removeTotp(who))}>{t.removeTotp}</Menu.Item>
        ) : null}
        {maySessions ? (
          <Menu.Item onClick={() => onAct(() => endSessions(who))}>{t.endSessions}</Menu.Item>
        ) : null}
        <Menu.Item onClick={() => onAct(() => changeAccount(who, { locked: !isLocked }))}>
          {isLocked ? t.unlock : t.lock}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => onTask({ kind: "delete", account })}>{t.delete}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
