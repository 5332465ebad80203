//! Lays out the invocations of macros, of which a printer of Rust does not know the syntax: a line for each entry.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// Whether it is of a macro that has lists of entries, each with a `;` at its end.
pub(crate) fn has_lines(item: &syn::ItemMacro) -> bool {
    item.mac.path.is_ident("json_object")
}

/// Prints an invocation with braces.
pub(crate) fn print(item: &syn::ItemMacro) -> String {
    let mut text = format!("{}! {{\n", item.mac.path.to_token_stream());
    lines(&mut text, &item.mac.tokens, 1);
    text.push_str("}\n");
    text
}

/// Prints what is between braces: a line ends after a `;` and around braces.
fn lines(text: &mut String, tokens: &TokenStream, depth: usize) {
    let indent = "    ".repeat(depth);
    let mut line = String::new();
    let end = |text: &mut String, line: &mut String| {
        if !line.is_empty() {
            text.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
    };
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                if group.stream().is_empty() {
                    line.push_str(" {}");
                    end(text, &mut line);
                    continue;
                }
                line.push_str(" {");
                end(text, &mut line);
                lines(text, &group.stream(), depth + 1);
                line.push('}');
                end(text, &mut line);
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                line.push(';');
                end(text, &mut line);
            }
            token => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&token.to_string());
            }
        }
    }
    end(text, &mut line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_line() {
        let item = syn::parse_quote! {
            json_object! { Tax; required { 0 code as Value; 1 rate as Value; } optional {} }
        };
        let expected = "json_object! {
    Tax;
    required {
        0 code as Value;
        1 rate as Value;
    }
    optional {}
}
";
        assert_eq!(print(&item), expected);
    }
}
