//! What must not compile, where the compiler's text is too long or too new to be pinned. Each case
//! stands beside a twin that compiles and differs in the one thing that is wrong.

/// `None` could mean "leave it alone" as well as "clear it", so it means neither.
///
/// ```
/// let _ = lago_types::PlanUpdate::new().description("Gold".to_owned());
/// ```
///
/// ```compile_fail,E0277
/// let _ = lago_types::PlanUpdate::new().description(Some("Gold".to_owned()));
/// ```
struct OptionAsPatch;

/// The change of a charge that does not say its price would set it to nothing.
///
/// ```
/// use lago_types::{ChargeModel, ChargePropertiesInput, ChargeUpdate};
/// let price = ChargePropertiesInput::new();
/// let _ = ChargeUpdate::new(ChargeModel::Standard, price).invoice_display_name("Calls");
/// ```
///
/// ```compile_fail,E0061
/// use lago_types::{ChargeModel, ChargePropertiesInput, ChargeUpdate};
/// let price = ChargePropertiesInput::new();
/// let _ = ChargeUpdate::new(ChargeModel::Standard).invoice_display_name("Calls");
/// ```
struct ForgottenPrice;

/// A list has pages; one thing has none.
///
/// ```
/// # fn example(lago: &lago_client::Client) {
/// let _ = lago.plans().list().items();
/// # }
/// ```
///
/// ```compile_fail,E0599
/// # fn example(lago: &lago_client::Client) {
/// let _ = lago.plans().get("pro").items();
/// # }
/// ```
struct ItemsOfOne;
