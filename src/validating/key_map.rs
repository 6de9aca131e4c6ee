//! Whom the values of a file stand for, where they name customers by something else than the id. It grows with the number
//! of different values: about 100 bytes for each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalogue::KeyKind;

/// Who has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHolder {
    One(u64),
    Nobody,
    /// In ascending order.
    Several(Box<[u64]>),
}

impl KeyHolder {
    /// Those who have it.
    pub fn ids(&self) -> &[u64] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Nobody => &[],
            Self::Several(ids) => ids,
        }
    }

    /// Why a value of this kind does not say which customer is meant; none where it does.
    pub fn problem(&self, kind: KeyKind) -> Option<String> {
        match self {
            Self::One(_) => None,
            Self::Nobody => Some(format!("nobody has this {kind}")),
            Self::Several(ids) => {
                const LISTED: usize = 10;
                let listed = ids.iter().take(LISTED).map(u64::to_string).collect::<Vec<_>>().join(", ");
                let more = if ids.len() > LISTED { ", …" } else { "" };
                Some(format!("{} customers have this {kind}: {listed}{more}", ids.len()))
            }
        }
    }

    /// From those who have it.
    pub fn of(mut ids: Vec<u64>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        match ids.as_slice() {
            [] => Self::Nobody,
            [one] => Self::One(*one),
            _ => Self::Several(ids.into()),
        }
    }
}

/// Who has which value of which kind.
#[derive(Debug, Clone, Default)]
pub struct KeyMap {
    kinds: Vec<(KeyKind, HashMap<Box<str>, KeyHolder>)>,
}

impl KeyMap {
    /// Who has a value; none where that is not known.
    pub fn get(&self, kind: KeyKind, value: &str) -> Option<&KeyHolder> {
        self.of(kind)?.get(value)
    }

    pub fn put(&mut self, kind: KeyKind, value: &str, holder: KeyHolder) {
        self.of_mut(kind).insert(value.into(), holder);
    }

    /// A customer has a value. Whether it was somebody else's, too, who is named; then it is both's.
    pub fn add(&mut self, kind: KeyKind, value: &str, id: u64) -> Result<(), u64> {
        let holders = self.of_mut(kind);
        match holders.get_mut(value) {
            None => {
                holders.insert(value.into(), KeyHolder::One(id));
                Ok(())
            }
            Some(holder) if holder.ids().contains(&id) => Ok(()),
            Some(holder) => {
                let mut ids = holder.ids().to_vec();
                let other = ids.first().copied();
                ids.push(id);
                *holder = KeyHolder::of(ids);
                other.map_or(Ok(()), Err)
            }
        }
    }

    /// Takes in what is newly known.
    pub fn extend(&mut self, other: Self) {
        for (kind, holders) in other.kinds {
            self.of_mut(kind).extend(holders);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|(_, holders)| holders.is_empty())
    }

    /// Everything that is known, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (KeyKind, &str, &KeyHolder)> {
        self.kinds
            .iter()
            .flat_map(|(kind, holders)| holders.iter().map(|(value, holder)| (*kind, &**value, holder)))
    }

    fn of(&self, kind: KeyKind) -> Option<&HashMap<Box<str>, KeyHolder>> {
        self.kinds.iter().find(|(known, _)| *known == kind).map(|(_, holders)| holders)
    }

    fn of_mut(&mut self, kind: KeyKind) -> &mut HashMap<Box<str>, KeyHolder> {
        let place = self.kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.kinds.push((kind, HashMap::new()));
            self.kinds.len() - 1
        });
        &mut self.kinds[place].1
    }
}

/// Values that are to be looked up, each once, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct WantedKeys {
    list: Vec<(KeyKind, Arc<str>)>,
    seen: HashSet<(&'static str, Arc<str>)>,
}

impl WantedKeys {
    pub fn add(&mut self, kind: KeyKind, value: &str) {
        let value = Arc::from(value);
        if self.seen.insert((kind.name(), Arc::clone(&value))) {
            self.list.push((kind, value));
        }
    }

    /// The kinds of these values, each at least once.
    pub fn kinds(&self) -> impl Iterator<Item = KeyKind> {
        self.list.iter().map(|(kind, _)| *kind)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn into_iter(self) -> impl Iterator<Item = (KeyKind, Arc<str>)> {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyHolder, KeyMap, WantedKeys};
    use crate::catalogue::KeyKind;

    fn kind(name: &str) -> KeyKind {
        KeyKind::named(name).expect("a kind")
    }

    #[test]
    fn the_value_of_two_customers_is_both_s() {
        let (login, phone) = (kind("login"), kind("phone"));
        let mut map = KeyMap::default();
        assert_eq!(map.add(login, "anna", 7), Ok(()));
        assert_eq!(map.add(login, "anna", 7), Ok(()));
        assert_eq!(map.get(phone, "anna"), None);
        assert_eq!(map.get(login, "anna"), Some(&KeyHolder::One(7)));
        assert_eq!(map.add(login, "anna", 3), Err(7));
        assert_eq!(map.get(login, "anna"), Some(&KeyHolder::Several([3, 7].into())));
        map.put(phone, "380", KeyHolder::Nobody);
        assert_eq!(map.get(phone, "380"), Some(&KeyHolder::Nobody));
    }

    #[test]
    fn a_value_is_wanted_once() {
        let mut wanted = WantedKeys::default();
        for (of, value) in [("login", "b"), ("login", "a"), ("login", "b"), ("codeti", "b")] {
            wanted.add(kind(of), value);
        }
        assert_eq!(wanted.len(), 3);
        let list: Vec<_> = wanted.into_iter().map(|(kind, value)| format!("{kind} {value}")).collect();
        assert_eq!(list, ["login b", "login a", "codeti b"]);
    }
}
