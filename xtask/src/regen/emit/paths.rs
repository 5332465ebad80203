//! Path values on the wire: every one goes through `crate::path::segment`.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItemFn, Macro, Token, parse_quote};

/// Puts our encoding in place of progenitor's and says how often.
///
/// A value is encoded in a line of its own before the path is put together, under the same name:
/// nothing in the method can use it as it was.
pub(crate) fn encode_segments(method: &mut ImplItemFn) -> usize {
    let mut values = Values(Vec::new());
    values.visit_block_mut(&mut method.block);
    let count = values.0.len();
    let mut known = BTreeSet::new();
    let lines = values.0.into_iter().filter_map(|value| {
        let name = value.to_token_stream().to_string();
        let line = parse_quote! { let #value = crate::path::segment(#name, #value)?; };
        known.insert(name).then_some(line)
    });
    method.block.stmts.splice(0..0, lines);
    count
}

/// The values that progenitor encodes, taken out of the calls that do so.
struct Values(Vec<Expr>);

impl VisitMut for Values {
    /// The path is put together in `format!`, whose arguments are tokens to syn.
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(mut arguments) = call.parse_body_with(arguments) {
            arguments
                .iter_mut()
                .for_each(|argument| self.visit_expr_mut(argument));
            call.tokens = arguments.into_token_stream();
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Some(value) = encoded_value(expression) {
            *expression = value.clone();
            self.0.push(value);
        } else {
            visit_mut::visit_expr_mut(self, expression);
        }
    }
}

/// The value in `encode_path(&value.to_string())`.
fn encoded_value(expression: &Expr) -> Option<Expr> {
    let Expr::Call(call) = expression else {
        return None;
    };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let (true, Some(Expr::Reference(text))) =
        (function.path.is_ident("encode_path"), call.args.first())
    else {
        return None;
    };
    match &*text.expr {
        Expr::MethodCall(call) if call.method == "to_string" => Some((*call.receiver).clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_of_a_path_is_encoded_by_us() {
        let mut method: ImplItemFn = parse_quote! {
            fn get(&self, code: &str, id: &str) {
                let url = format!("{}/a/{}/b/{}", self.baseurl, encode_path(&code.to_string()), encode_path(&id.to_string()),);
            }
        };
        assert_eq!(encode_segments(&mut method), 2);
        let expected: ImplItemFn = parse_quote! {
            fn get(&self, code: &str, id: &str) {
                let code = crate::path::segment("code", code)?;
                let id = crate::path::segment("id", id)?;
                let url = format!("{}/a/{}/b/{}", self.baseurl, code, id,);
            }
        };
        assert_eq!(
            method.to_token_stream().to_string(),
            expected.to_token_stream().to_string()
        );
    }
}
