//! `su`: who became whom, or tried to.

use regex::Captures;

use super::{Done, Message, Sshd};
use crate::draft::Draft;

impl Sshd {
    pub(super) fn switched(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        self.switch(m, c, "success", None)
    }

    pub(super) fn switch_failed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        self.switch(m, c, "failure", Some("authentication failed"))
    }

    fn switch(
        &mut self,
        m: &Message<'_>,
        c: &Captures<'_>,
        outcome: &'static str,
        reason: Option<&str>,
    ) -> Done {
        let mut draft = Draft::at("host.su", m.line);
        draft.operator(&c[2]);
        draft.object("user", &c[1], None);
        draft.related("host", m.host(), "host");
        draft.outcome(outcome, reason);
        if !c[3].is_empty() && &c[3] != "none" {
            draft.request.insert("tty".into(), c[3].into());
        }
        draft.line(&m.evidence());
        self.tell(draft, 0);
        Ok(())
    }
}
