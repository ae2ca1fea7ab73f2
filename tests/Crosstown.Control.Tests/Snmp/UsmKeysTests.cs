using System.Text;
using Crosstown.Control.Snmp;

namespace Crosstown.Control.Tests.Snmp;

/// <summary>Keys against the worked examples of the standard, ciphers against themselves and what a cipher must do.</summary>
public sealed class UsmKeysTests
{
    // RFC 3414, A.3.2: the engine of its examples.
    private static readonly byte[] s_engine = Convert.FromHexString("000000000000000000000002");

    [Fact]
    public void The_key_of_a_password_is_that_of_the_standards_example() =>
        Assert.Equal("9FB5CC0381497B3793528939FF788D5D79145211", Convert.ToHexString(UsmKeys.FromPassword(AuthenticationProtocol.Sha1, "maplesyrup"u8)));

    [Fact]
    public void The_key_at_an_engine_is_that_of_the_standards_example() =>
        Assert.Equal(
            "6695FEBC9288E36282235FC7151F128497B38F3F",
            Convert.ToHexString(UsmKeys.Localize(AuthenticationProtocol.Sha1, UsmKeys.FromPassword(AuthenticationProtocol.Sha1, "maplesyrup"u8), s_engine)));

    [Fact]
    public void The_key_of_a_new_password_is_that_of_the_standards_example() =>
        Assert.Equal(
            "78E2DCCE79D59403B58C1BBAA5BFF46391F1CD25",
            Convert.ToHexString(UsmKeys.Localize(AuthenticationProtocol.Sha1, UsmKeys.FromPassword(AuthenticationProtocol.Sha1, "newsyrup"u8), s_engine)));

    [Theory]
    [InlineData(AuthenticationProtocol.Sha1, 20, 12)]
    [InlineData(AuthenticationProtocol.Sha256, 32, 24)]
    [InlineData(AuthenticationProtocol.Sha384, 48, 32)]
    [InlineData(AuthenticationProtocol.Sha512, 64, 48)]
    public void Keys_and_digests_have_the_lengths_of_their_protocol(AuthenticationProtocol protocol, int key, int digest)
    {
        var localized = UsmKeys.Localize(protocol, UsmKeys.FromPassword(protocol, "maplesyrup"u8), s_engine);
        Assert.Equal(key, localized.Length);
        Assert.Equal(digest, UsmKeys.Digest(protocol, localized, "words"u8).Length);
    }

    [Fact]
    public void A_digest_is_that_of_the_hash_functions_own_standard()
    {
        // RFC 4231, test case 2, cut as RFC 7860 cuts; RFC 2202, test case 2.
        var words = Encoding.ASCII.GetBytes("what do ya want for nothing?");
        Assert.Equal("5BDCC146BF60754E6A042426089575C75A003F089D273983", Convert.ToHexString(UsmKeys.Digest(AuthenticationProtocol.Sha256, "Jefe"u8, words)));
        Assert.Equal("EFFCDF6AE5EB2FA2D27416D5", Convert.ToHexString(UsmKeys.Digest(AuthenticationProtocol.Sha1, "Jefe"u8, words)));
    }

    [Fact]
    public void The_cipher_is_that_of_the_standards_example()
    {
        // NIST SP 800-38A, F.3.13: its start vector in the parts that a message has.
        var key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
        var plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        const int boots = 0x00010203;
        const int time = 0x04050607;
        const ulong salt = 0x08090A0B0C0D0E0F;
        Assert.Equal("3B3FD92EB72DAD20333449F8E83CFB4AC8A64537A0B3A93FCDE3CDAD9F1CE58B", Convert.ToHexString(UsmKeys.Encrypt(key, boots, time, salt, plain)));
    }

    [Fact]
    public void What_is_encrypted_comes_back_whatever_its_length_and_differs_with_every_salt()
    {
        var key = UsmKeys.Localize(AuthenticationProtocol.Sha256, UsmKeys.FromPassword(AuthenticationProtocol.Sha256, "maplesyrup"u8), s_engine);
        for (var length = 0; length < 70; length++)
        {
            var plain = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var cipher = UsmKeys.Encrypt(key, 3, 4711, (ulong)length, plain);
            Assert.Equal(length, cipher.Length);
            Assert.Equal(plain, UsmKeys.Decrypt(key, 3, 4711, (ulong)length, cipher));
            Assert.True(length < 4 || !cipher.SequenceEqual(UsmKeys.Encrypt(key, 3, 4711, (ulong)length + 1, plain)));
        }
    }
}
