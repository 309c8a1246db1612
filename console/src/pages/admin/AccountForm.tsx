// An account, new or changed: name, roles, and the filter beyond which it sees nothing.

import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Account, changeAccount, createAccount, PERSON_ROLES } from "../../api/account";
import { useT } from "../../i18n/locale";
import { Refusal } from "../../shell/Refusal";
import classes from "../../ui/confirm.module.css";

interface AccountFormProps {
  /** Null: a new one. */
  account: Account | null;
  onClose: () => void;
  /** With its one-time password where it was made. */
  onDone: (made: { name: string; password: string } | null) => void;
}

export function AccountForm({ account, onClose, onDone }: AccountFormProps) {
  const t = useT("admin");
  const { role } = useT("shell");
  const [name, setName] = useState(account?.name ?? "");
  const [displayName, setDisplayName] = useState(account?.display_name ?? "");
  const [roles, setRoles] = useState<string[]>(account?.roles ?? ["viewer"]);
  const [scope, setScope] = useState(account?.scope ?? "");

  const save = useMutation({
    mutationFn: async () => {
      const draft = { display_name: displayName.trim(), roles, scope: scope.trim() || null };
      if (!account) return createAccount({ ...draft, name: name.trim() });
      await changeAccount(account.name, draft);
      return null;
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={account ? t.changeOf(account.name) : t.newAccount}>
      <form onSubmit={submit} className={classes.form}>
        {account ? null : (
          <TextInput
            label={t.name}
            description={t.nameHint}
            required
            withAsterisk={false}
            maxLength={64}
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t.displayName}
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
        />
        <Checkbox.Group label={t.roles} value={roles} onChange={setRoles}>
          {PERSON_ROLES.map((code) => (
            <Checkbox
              key={code}
              mt={8}
              value={code}
              label={role(code)}
              description={t.roleText(code)}
            />
          ))}
        </Checkbox.Group>
        <TextInput
          label={t.scope}
          description={t.scopeHint}
          placeholder="service:hpc-clusters region:cn-east"
          spellCheck={false}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value)}
        />
        <Refusal error={save.error} />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={roles.length === 0}>
            {t.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
