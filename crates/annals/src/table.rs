//! Tables on a terminal: columns as wide as the first lines need, cut to the terminal's width.
//!
//! Widths are those of characters as terminals draw them (a Chinese one takes two places). What
//! does not fit ends with `…`; a control character is shown as a blank, so that no event can
//! steer the terminal. For machines there are other forms.

use rustix::termios::tcgetwinsize;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Places of a line where the terminal does not say.
const WIDTH: usize = 120;
/// Places between two columns.
const GAP: usize = 2;
/// The narrowest a column is cut to, places.
const COLUMN_MIN: usize = 6;

/// The terminal's width in places.
pub(crate) fn width() -> usize {
    let size = tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col));
    size.filter(|width| *width > 0).unwrap_or(WIDTH)
}

/// A table whose widths are settled.
pub(crate) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Fits columns to a heading and the first lines, and all of them into `width` places: the
    /// widest give way first.
    pub(crate) fn fit(heading: &[String], lines: &[Vec<String>], width: usize) -> Self {
        let mut widths: Vec<usize> = heading.iter().map(|cell| cell.width()).collect();
        for line in lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.width());
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        let room = width.saturating_sub(gaps).max(COLUMN_MIN * widths.len());
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max() else { break };
            *widest -= 1;
        }
        Self { widths }
    }

    /// One line; the last cell is not padded.
    pub(crate) fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        for (place, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            if place > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let cell = cut(cell, *width);
            line.push_str(&cell);
            line.push_str(&" ".repeat(width - cell.width().min(*width)));
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// At most `width` places of a text, on one line.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars().map(plain) {
        let next = c.width().unwrap_or(0);
        if used + next > width {
            while used + 1 > width {
                let Some(last) = out.pop() else { break };
                used -= last.width().unwrap_or(0);
            }
            if width > 0 {
                out.push('…');
            }
            return out;
        }
        used += next;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_their_places() {
        let check = |text: &str, width, expected: &str| assert_eq!(cut(text, width), expected);
        check("abc", 3, "abc");
        check("abcd", 3, "ab…");
        check("集群集群", 5, "集群…");
        check("集群", 3, "集…");
        check("a\u{1b}[2Jb", 10, "a [2Jb");
        check("abc", 0, "");
    }

    // Protects: a long cell takes no more than the terminal has, and no short one suffers.
    #[test]
    fn tables_fit() {
        let cells = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let lines = [cells(&["1", "zhang3", "a very long reason that goes on and on"])];
        let table = Table::fit(&cells(&["index", "operator", "reason"]), &lines, 40);
        let line = table.line(&lines[0]);
        assert_eq!(line, "1      zhang3    a very long reason tha…");
        assert!(line.width() <= 40);
    }
}
