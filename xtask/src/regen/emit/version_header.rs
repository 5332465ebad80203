//! Progenitor sends the version of the document in a header of its own. Lago does not know it, and
//! every call would make a map for it.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItemFn, Stmt, parse_quote};

const MAP: &str = "header_map";

/// Takes the header out, and with it the map in which it is alone. Says how many statements and
/// expressions that were: three, unless progenitor changed or an operation has headers of its own.
pub(crate) fn take_out(method: &mut ImplItemFn) -> usize {
    let before = method.block.stmts.len();
    let declaration: Stmt = parse_quote! {
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
    };
    let header: Stmt = parse_quote! {
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
    };
    let known = [text(&declaration), text(&header)];
    let statements = &mut method.block.stmts;
    statements.retain(|statement| !known.contains(&text(statement)));
    let taken = before - method.block.stmts.len();
    let mut uses = Uses(0);
    uses.visit_block_mut(&mut method.block);
    taken + uses.0
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// Takes `.headers(header_map)` out of chains of calls.
struct Uses(usize);

impl VisitMut for Uses {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
            && matches!(call.args.first(), Some(Expr::Path(map)) if map.path.is_ident(MAP))
        {
            *expression = (*call.receiver).clone();
            self.0 += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_it() {
        let mut method: ImplItemFn = parse_quote! {
            fn get(&self) {
                let url = 1;
                let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
                header_map.append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(Self::api_version()),
                );
                let request = self.client.get(url).headers(header_map).build()?;
            }
        };
        let expected: ImplItemFn = parse_quote! {
            fn get(&self) {
                let url = 1;
                let request = self.client.get(url).build()?;
            }
        };
        assert_eq!(take_out(&mut method), 3);
        assert_eq!(text(&method), text(&expected));
        assert_eq!(take_out(&mut method), 0);
    }
}
