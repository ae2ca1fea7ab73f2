namespace Crosstown.Server.People.Oidc;

/// <summary>Why a sign-in through the city's service was not taken.</summary>
internal enum OidcRefusal
{
    /// <summary>The service cannot be reached, or describes itself otherwise than the settings do.</summary>
    Service,

    /// <summary>The answer belongs to no sign-in that this browser began here, or to one that is over.</summary>
    State,

    /// <summary>The answer comes from another service than the one that was asked.</summary>
    Issuer,

    /// <summary>The service itself said no.</summary>
    Denied,

    /// <summary>The service did not exchange the code.</summary>
    Code,

    /// <summary>The token is not of its form, too large, not signed by the service, or not for now and for us.</summary>
    Token,

    /// <summary>The token belongs to another sign-in.</summary>
    Nonce,

    /// <summary>The token does not belong to the access token beside it.</summary>
    AccessHash,
}

/// <summary>Ends a sign-in through the city's service; the word is all that is logged and shown.</summary>
internal sealed class OidcRefusedException(OidcRefusal reason, Exception? cause = null) : Exception(reason.ToString(), cause)
{
    public OidcRefusal Reason { get; } = reason;
}
