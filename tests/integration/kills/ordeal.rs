//! One case from the first start to the last comparison: started, killed, resumed, killed again perhaps, and
//! brought to its end.

use std::collections::{BTreeSet, HashSet};

use super::case::{Case, word_of};
use super::dice::Dice;
use super::figures::{Figures, Struck};
use super::mishap::{Desk, JournalCopy, Mishap, Turns};
use super::moment::{Ended, Moment, run};
use super::truth::{Stage, faults};
use super::world::World;
use crate::support::{Output, Program, Results, Sandbox, userside};

/// So many commands must be enough to bring a case to its end.
const ENOUGH: usize = 24;
/// After so many commands a run that stops is left as it is.
const SOME: usize = 6;
/// So many looks must be enough to find out what can be found out: what is sent again may be lost again.
const LOOKS: usize = 8;

pub(super) struct Ordeal<'c> {
    case: &'c Case,
    dice: Dice,
    /// Where the commands are typed.
    desk: Desk,
    /// Where the list was imported before, or is imported after that.
    other_desk: Option<Desk>,
    copy: Option<JournalCopy>,
    turns: Turns,
    /// Which desk it is: 0 is the first.
    turn: usize,
    sandbox: Sandbox,
    kills_left: usize,
    looks_left: usize,
    /// Places of rows that were unknown after a kill.
    in_doubt: BTreeSet<usize>,
    figures: Figures,
}

impl<'c> Ordeal<'c> {
    pub(super) fn new(case: &'c Case, dice: Dice) -> Self {
        Self {
            case,
            dice,
            desk: Desk::new("input", case.content()),
            other_desk: None,
            copy: None,
            turns: Turns::default(),
            turn: 0,
            sandbox: Sandbox::with(&case.sandbox),
            kills_left: case.kills,
            looks_left: LOOKS,
            in_doubt: BTreeSet::new(),
            figures: Figures { cases: 1, rows: case.rows.len(), ..Figures::default() },
        }
    }

    pub(super) fn undergo(mut self) -> Figures {
        self.bring_to_its_end(self.import());
        match self.case.mishap {
            Mishap::Nothing => {}
            Mishap::Restored | Mishap::Copied => {
                if let Some(copy) = self.copy.take() {
                    self.figures.put_back += 1;
                    self.desk.put_back(&copy, self.case.mishap == Mishap::Copied);
                    self.bring_to_its_end(self.resume());
                }
            }
            Mishap::ImportedAgain { .. } => self.import_again(),
        }
        if let Some(results) = self.compare() {
            self.count(&results);
            self.surplus_is_taken_back(&results);
        }
        if let Some(other) = self.other_desk.take() {
            self.desk = other;
            self.turn = 1;
            self.compare();
        }
        self.figures
    }

    /// The list from another folder, unless it was imported from there already.
    fn import_again(&mut self) {
        let Mishap::ImportedAgain { saved_again, .. } = self.case.mishap else { return };
        // It may be killed as well, and be gone on with.
        if self.figures.imported_again > 0 {
            return;
        }
        self.figures.imported_again += 1;
        let content = self.case.content();
        let content = if saved_again { content.replace(',', ";") } else { content };
        let first = std::mem::replace(&mut self.desk, Desk::new("list", content));
        self.take_turn(1);
        self.bring_to_its_end(self.import());
        self.other_desk = Some(std::mem::replace(&mut self.desk, first));
        self.take_turn(0);
    }

    fn take_turn(&mut self, turn: usize) {
        let last = self.sandbox.log().iter().map(|entry| entry.t_ms).fold(0.0, f64::max);
        self.turns.take(last, turn);
        self.turn = turn;
    }

    fn bring_to_its_end(&mut self, first: Program) {
        self.looks_left = if self.case.decidable { LOOKS } else { 2 };
        let mut next = Some(first);
        // A server that can't be searched stops the run again and again, before anything is sent.
        let stops = self.case.world == World::Hiding;
        for _ in 0..if stops { SOME } else { ENOUGH } {
            let Some(program) = next.take() else { break };
            let ended = self.run(program);
            next = self.next(&ended);
        }
        if next.is_some() && !stops {
            self.violated(format!("{ENOUGH} commands did not bring the run to its end"));
        }
    }

    fn import(&self) -> Program {
        let (operation, options) = (self.case.operation.name(), &self.case.options);
        self.program(&format!("import {operation} {} {options}", self.desk.input()))
    }

    fn resume(&self) -> Program {
        self.program(&format!("resume {}", self.desk.journal))
    }

    /// The server's address is in the environment, so that it is there for every command.
    fn program(&self, line: &str) -> Program {
        userside(&self.desk.place).line(line).env("USERSIDE_URL", self.sandbox.url())
    }

    fn run(&mut self, program: Program) -> Ended {
        let moment = (self.kills_left > 0).then(|| {
            // A run that goes on has fewer requests to make.
            let left = self.case.requests.saturating_sub(self.sandbox.requests()).max(20);
            Moment::draw(&mut self.dice, left, self.case.settle)
        });
        let ended = run(program, &self.desk, &self.sandbox, moment);
        if ended.killed {
            self.kills_left -= 1;
            let struck = self.struck(ended.has_results);
            self.figures.kills.push((self.case.operation, struck));
        } else if moment.is_some() {
            self.kills_left = 0;
            self.figures.over_before += 1;
        }
        ended
    }

    /// Where the run was when it was killed, as far as the server can tell.
    fn struck(&self, has_results: bool) -> Struck {
        let writes = self.sandbox.writes();
        let sent: HashSet<&str> = writes.iter().filter_map(word_of).collect();
        if sent.is_empty() {
            Struck::BeforeTheFirst
        } else if sent.len() < self.case.words().len() {
            Struck::Sending
        } else if has_results {
            Struck::Writing
        } else {
            Struck::FindingOut
        }
    }

    /// What a person would do next.
    fn next(&mut self, ended: &Ended) -> Option<Program> {
        if !self.desk.place.exists(&self.desk.journal) {
            return self.without_journal(ended);
        }
        if ended.killed {
            self.between();
            self.after_a_kill();
            return Some(self.resume());
        }
        if !matches!(ended.output.code, Some(0 | 1 | 3)) {
            self.violated(format!("a run ended badly\n{}", ended.output.report()));
            return None;
        }
        let results = self.results(&ended.output);
        let command = match (results.count("skipped"), results.count("unknown")) {
            (0, 0) => return None,
            (0, _) if self.case.operation.is_once_only() => {
                self.looks_left = self.looks_left.checked_sub(1)?;
                "reconcile"
            }
            _ => "resume",
        };
        Some(self.program(&format!("{command} {}", self.desk.journal)))
    }

    /// Nothing was done before there was a journal, and the same import works as if nothing had been.
    fn without_journal(&mut self, ended: &Ended) -> Option<Program> {
        if ended.killed {
            self.figures.no_journal += 1;
        } else if ended.output.code != Some(3) {
            self.violated(format!("a run ended without a journal\n{}", ended.output.report()));
            return None;
        }
        let writes = self.sandbox.writes();
        let writes = writes.iter().filter(|entry| self.turns.are_of(self.turn, entry)).count();
        if writes > 0 {
            self.violated(format!("{writes} writes were sent without a journal\n{}", ended.output.report()));
        }
        Some(self.import())
    }

    /// After a kill the journal alone says of every row what is known, and says nothing that is not so.
    fn between(&mut self) {
        let output = self.program(&format!("results {}", self.desk.journal)).run();
        if !matches!(output.code, Some(0 | 1 | 3)) || !self.desk.place.exists(&self.desk.results()) {
            return self
                .violated(format!("the journal of a killed run gives no results\n{}", output.report()));
        }
        let results = self.results(&output);
        for fault in faults(self.case, &self.sandbox, (&self.turns, self.turn), &results, Stage::Between) {
            self.violated(format!("after a kill: {fault}"));
        }
        let unknown = results.statuses().into_iter().enumerate().filter(|(_, status)| *status == "unknown");
        self.in_doubt.extend(unknown.map(|(place, _)| place));
        if results.count("skipped") > 0 && self.dice.one_in(4) {
            self.a_second_import_is_refused();
        }
    }

    /// The journal is copied, or somebody else imports the list, before anybody goes on.
    fn after_a_kill(&mut self) {
        match self.case.mishap {
            Mishap::Restored | Mishap::Copied if self.copy.is_none() => self.copy = Some(self.desk.copy()),
            Mishap::ImportedAgain { meanwhile: true, .. } => self.import_again(),
            _ => {}
        }
    }

    fn a_second_import_is_refused(&mut self) {
        // Work that was put off gets its line later, with the time at which it was asked for.
        let last = self.sandbox.writes().iter().map(|entry| entry.t_ms).fold(0.0, f64::max);
        let output = self.import().run();
        let named = output.stderr.contains("resume") && output.stderr.contains("--new-run");
        let writes = self.sandbox.writes().iter().any(|entry| entry.t_ms > last);
        if output.code != Some(2) || !named || writes {
            self.violated(format!("an import over an unfinished journal\n{}", output.report()));
        }
    }

    fn compare(&mut self) -> Option<Results> {
        if !self.desk.place.exists(&self.desk.results()) {
            if self.figures.violations.is_empty() {
                self.violated("there are no results".to_owned());
            }
            return None;
        }
        let results =
            Results::read(&self.desk.place.bytes(&self.desk.results()), "the end of a case".to_owned());
        for fault in faults(self.case, &self.sandbox, (&self.turns, self.turn), &results, Stage::End) {
            self.violated(fault);
        }
        Some(results)
    }

    fn count(&mut self, results: &Results) {
        self.figures.applied = self.sandbox.applied();
        self.figures.doubled =
            self.sandbox.log().iter().filter(|entry| entry.fault.as_deref() == Some("double")).count() / 2;
        if self.case.mostly_decidable {
            self.figures.left_open = results.count("unknown");
            self.figures.nearly_decidable = results.rows.len();
        }
        self.figures.in_doubt = self.in_doubt.len();
        let in_doubt = self.in_doubt.iter().filter_map(|place| results.rows.get(*place));
        for row in in_doubt {
            let counter = match (row.result("status"), row.result("error_code")) {
                ("ok", _) => &mut self.figures.in_doubt_ok,
                ("failed", "not_applied") => &mut self.figures.in_doubt_not_applied,
                ("failed", _) => &mut self.figures.in_doubt_failed,
                _ => &mut self.figures.in_doubt_unknown,
            };
            *counter += 1;
        }
        // A refusal says nothing of an earlier request that may have been carried out.
        // A journal that was put back has sent again what was never there.
        let sent_again = self.case.options.contains("--resend") || self.case.mishap.repeats();
        if self.figures.in_doubt_failed > 0 && !sent_again {
            self.violated(format!("{} rows in doubt ended as refused", self.figures.in_doubt_failed));
        }
    }

    /// What a proxy has doubled can be taken back, all of it and nothing else.
    fn surplus_is_taken_back(&mut self, results: &Results) {
        if self.figures.doubled == 0 || self.case.mishap.repeats() {
            return;
        }
        let output =
            self.program(&format!("undo {} --surplus --output surplus.csv", self.desk.journal)).run();
        let rows = match self.desk.place.exists("surplus.csv") {
            true => self.desk.place.text("surplus.csv").lines().count().saturating_sub(1),
            false => 0,
        };
        // Nobody has counted the bookings of a row that is unknown.
        let least = self.figures.doubled.saturating_sub(results.count("unknown"));
        if !(least..=self.figures.doubled).contains(&rows) {
            self.violated(format!(
                "{rows} rows take back the surplus of {}\n{}",
                self.figures.doubled,
                output.report()
            ));
        }
    }

    /// What lies at the desk after a command.
    fn results(&self, output: &Output) -> Results {
        Results::read(&self.desk.place.bytes(&self.desk.results()), output.report())
    }

    fn violated(&mut self, what: String) {
        self.figures.violations.push(what);
    }
}
