//! The list of calls with which the page of a noun begins: its structs are many, and most are settings of one call.

use super::files::FileMethod;
use super::methods::Method;
use super::{Accessors, Places};
use crate::regen::emit::verbs;
use crate::regen::names::{calls, ident};
use crate::regen::prose::{first_sentence, markdown};

/// The calls of a noun and of what is below it, each with what it does; nothing when there are none.
pub(super) fn of(noun: &str, places: &Places<'_>, files: &[&FileMethod<'_>]) -> String {
    let here = places.iter().filter(|(place, _)| place[0] == noun);
    let lines: String = here
        .flat_map(|(place, methods)| lines(place, methods, files))
        .collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n\n# Calls\n\n{lines}\nA call says on its page which settings it has."),
    }
}

fn lines(place: &Accessors, methods: &[Method<'_>], files: &[&FileMethod<'_>]) -> Vec<String> {
    let ty = calls::accessor(place);
    let path: String = place.iter().map(|noun| format!("{noun}().")).collect();
    let line = |verb: &str, said: &str| {
        let said = match said {
            "" => String::new(),
            said => format!(": {said}"),
        };
        let method = ident::value(verb);
        format!("- [`{path}{verb}`]({ty}::{method}){said}\n")
    };
    let mut methods: Vec<&Method<'_>> = methods.iter().collect();
    methods.sort_by_key(|method| verbs::rank(&method.verb));
    let methods = methods.into_iter().map(|method| {
        let summary = method
            .operation
            .summary
            .as_deref()
            .map(markdown)
            .unwrap_or_default();
        line(&method.verb, first_sentence(&summary).0)
    });
    let files = files.iter().filter(|file| file.place == *place);
    let files = files.map(|file| line(file.verb, &format!("Fetch the {} itself.", file.noun)));
    methods.chain(files).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::emit::resources::places;
    use crate::regen::emit::section::Section;
    use crate::regen::sample;

    #[test]
    fn the_calls_of_a_noun_stand_in_a_list_with_links() {
        let mut api = sample::api();
        for operation in &mut api.operations {
            operation.summary = Some("Does it. And more.".to_owned());
        }
        let places = places(&api, Section::Published).unwrap();
        let index = of("things", &places, &[]);
        assert!(
            index.contains("- [`things().post`](Things::post): Does it.\n"),
            "{index}"
        );
        assert!(
            index.contains("- [`things().parts().get`](ThingsParts::get): Does it.\n"),
            "{index}"
        );
        assert_eq!(of("nothing", &places, &[]), "");
    }
}
