//! What a server means that says no to a read: that there is nothing, or that it does not take the request. Only its words
//! tell, in the languages in which servers answer.

use crate::catalogue::CUSTOMER;
use crate::sending::{FailureCode, Problem};

/// What a refusal says in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalMeaning {
    /// There is nothing, or nobody, of the kind.
    Nothing,
    /// No reason at all.
    Silent,
    /// Something else, as that a parameter is not taken.
    Other,
}

/// What a refusal says.
pub fn refusal_meaning(problem: &Problem) -> RefusalMeaning {
    /// Words of the languages in which servers answer, all in lower case.
    const NOTHING: [&str; 26] = [
        "not found",
        "notfound",
        "no customer",
        "no abon",
        "no user",
        "no data",
        "no record",
        "no result",
        "nobody",
        "nothing",
        "empty",
        "не найден",
        "не знайден",
        "нет абонент",
        "немає абонент",
        "ничего",
        "нічого",
        "отсутств",
        "відсутн",
        "нет данных",
        "немає даних",
        "пуст",
        "no operation",
        "no histor",
        "нет операц",
        "немає операц",
    ];
    /// What is not there is then a part of the request.
    const REQUEST: [&str; 14] = [
        "param",
        "method",
        "action",
        "subcat",
        "section",
        "module",
        "unknown",
        "парам",
        "метод",
        "действи",
        "дію",
        "дія",
        "раздел",
        "розділ",
    ];
    let text = problem.text.to_lowercase();
    let is_of_request =
        REQUEST.iter().any(|word| text.contains(word)) || search_names().any(|name| text.contains(name));
    if is_of_request {
        return RefusalMeaning::Other;
    }
    if problem.code == FailureCode::NotFound || NOTHING.iter().any(|word| text.contains(word)) {
        return RefusalMeaning::Nothing;
    }
    if text.contains("without a reason") { RefusalMeaning::Silent } else { RefusalMeaning::Other }
}

/// The names of the searches' parameters that are no words of a language: one in a refusal means that it is not taken.
fn search_names() -> impl Iterator<Item = &'static str> {
    let parameters = CUSTOMER.subcategories.iter().flat_map(|subcategory| subcategory.parameters);
    parameters.map(|parameter| parameter.name).filter(|name| name.contains('_'))
}

#[cfg(test)]
mod tests {
    use super::{RefusalMeaning, refusal_meaning};
    use crate::sending::{FailureCode, Problem};

    #[test]
    fn a_refusal_is_nothing_only_where_it_says_so() {
        let said = |code, text: &str| refusal_meaning(&Problem { code, text: text.to_owned() });
        for text in
            ["customer not found", "HTTP 422: No data", "Абоненты не найдены", "Абонентів не знайдено"]
        {
            assert_eq!(said(FailureCode::ApiError, text), RefusalMeaning::Nothing, "{text}");
        }
        assert_eq!(said(FailureCode::NotFound, "HTTP 404: x"), RefusalMeaning::Nothing);
        assert_eq!(
            said(FailureCode::ApiError, "the server said ERROR without a reason"),
            RefusalMeaning::Silent
        );
        for text in [
            "unknown parameter: tariff",
            "state_id not found",
            "Method not found",
            "Параметр не найден",
            "at least one condition must be specified",
            "access denied",
        ] {
            assert_eq!(said(FailureCode::ApiError, text), RefusalMeaning::Other, "{text}");
        }
        assert_eq!(said(FailureCode::NotFound, "HTTP 404: unknown subcategory"), RefusalMeaning::Other);
    }
}
