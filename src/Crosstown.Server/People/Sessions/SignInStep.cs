namespace Crosstown.Server.People.Sessions;

/// <summary>What a person with an open session still has to do before all of their roles count.</summary>
internal enum SignInStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Give a code of the second factor. No role counts.</summary>
    SecondFactor,

    /// <summary>Choose a password of their own. No role counts.</summary>
    Password,

    /// <summary>Set up a second factor. Approving counts as operating, administering as viewing.</summary>
    SetUpSecondFactor,
}
